"""Sentences as a reader of Arabic or English parts them: one a line, a text for each subject."""

from __future__ import annotations

# Every line of a text is one sentence of it; they are joined by spaces before they are split.
GOLD = {
    "plain Arabic": """
        وصلت السفينة إلى الميناء صباحاً.
        هل فُتحت الأبواب؟
        نعم!
        خرج الركاب واحداً واحداً، ثم جلسوا؛ فقد كان السفر طويلاً: أسبوعين كاملين.
        لا أحد يعرف متى يعودون...
        وربما لا يعودون""",
    "plain English": """
        The ship came in at dawn.
        Were the gates open?
        Yes!
        One by one they came out, then sat down; the voyage had been long: two full weeks.
        Nobody knows…
        Perhaps nobody will""",
    "Arabic titles": """
        التقى د. وليد سالم مع أ. د. منى فؤاد ومع م. هاني.
        كتب ج. ر. تولكين ثلاثة أجزاء.
        راجع ص. ب. 115 في بنغازي.
        شارك أ.د. سمير في الندوة.""",
    "Arabic eras and units": """
        وُلد الرحالة سنة 1304 م. في طنجة.
        توفي في سنة 632 م.
        ودفن في المدينة.
        هاجر سنة ٦٢٢ م.
        ثم بنى مسجداً.
        أُنشئت المدرسة عام 654 هـ.
        وكانت كبيرة.
        سقطت روما سنة 476 م. من غير حرب.
        كان ذلك سنة 44 ق.م. في روما.
        الطول ١٫٨ م.
        انظر ص. 25 من الكتاب.
        عاش بين 570 م. و632 م. في الحجاز.""",
    "Arabic et cetera": """
        اشترى الأقلام والدفاتر إلخ. من السوق القديم.
        باع الكتب والصحف إلخ.
        عاد إلى بيته.""",
    "English abbreviations": """
        Dr. Adams met Mr. and Mrs. Hill of Salt Works Ltd. before noon.
        She served in the U.S. Navy from Jan. 5 to Sept. 12, i.e. one summer.
        See Fig. 3, pp. 10-12 and No. 7, vol. 2.
        He moved to the U.S. in May.
        They sell rope, tar, etc. and sails.
        They sell rope, tar, etc.
        The shop is shut.
        It opens at 9 a.m.
        Visitors wait.
        He lived in the U.S.
        The house still stands.
        Was it Smith et al. or Jones vs. Brown?
        He said no.
        She left.""",
    "initials": """
        J. R. R. Thorn wrote it.
        George W. Hill printed it.
        They chose plan B.
        The others left.""",
    "numbers and addresses": """
        The price rose by 3.5% to 1,250.75 in version 2.3.1 of the list.
        بلغ الارتفاع ١٫٨ متر و3.5 كلم.
        Write to info@example.org or see https://example.org/a?b=c.d for more.
        Open notes.txt and main.py first.
        انظر الموقع www.example.org ثم أجب.
        انتهى في عام 1950.
        25 منهم عادوا.
        In 1990.
        Then 20 more.""",
    "quotations": """
        «هل تعود؟» سألته أمه.
        فأجاب: «نعم!»
        وضحك الناس.
        "Is it safe?" asked the keeper.
        "It is!" Anna Hill said.
        He wrote: "All is well."
        The lamp went out.
        شاهدنا فيلم «إلى أين؟» للمخرج نفسه.
        قال إن المدينة «جميلة.»
        ثم صمت.
        “Who is there?”
        No one spoke.""",
    "brackets": """
        وصل أحمد (أخيراً!) إلى البيت.
        قال كلمة غريبة (؟) ثم خرج.
        (انظر الملحق.)
        الجدول التالي يوضح ذلك.
        The crew (all nine!) survived.
        (It was late.)
        The text [...] goes on.
        هذه حقيقة.[3]
        وهذه أخرى.""",
    "marks in a row": """
        حقاً؟!
        متى؟؟
        أين نشأت؟ !
        ومن شربها .
        انتهى الكلام .
        Really?!
        Wait... what was that?
        Stop.""",
    "words in small letters": """
        Yahoo! is a company and visit.me is none.
        She asked why? and left.
        The end""",
    "Arabic questions and exclamations": """
        من الذي أغلق باب المخزن ليلة الخميس؟
        لا أحد يتذكر ذلك!
        أحقًّا لم يره الحارس؟!
        بلى، رآه؛ لكنه خاف أن يتكلم.
        كيف يخاف وهو أكبرهم سنًّا؟
        سكت الجميع…
        ثم عاد المدير إلى مكتبه.""",
    "Arabic titles, initials and pages": """
        زار أ.د. فؤاد الرملي قسم الكيمياء برفقة د. هدى و م. سليم.
        وقّع العقد أ. ناصر العلي نيابةً عن الشركة.
        ألقى الشيخ ع. م. الصافي كلمة قصيرة.
        كتبت السيدة س. الخطيب تقريرًا من ص. 12 إلى ص. 19.
        راجع ج. 3 من الموسوعة.
        كان ذلك سنة 300 ق.م تقريبًا.""",
    "Arabic numbers and dates": """
        بلغ وزن الشحنة 2.75 طن بتاريخ 3.4.2019 في الميناء.
        ارتفع السعر إلى ٤٫٥ دنانير ثم هبط إلى ٣٫٢٥.
        يبدأ الدوام في 7.30 صباحًا وينتهي في 3.15 مساءً.
        بيع منه 1.200.000 نسخة في عام 2020.
        وفي عام 2021 تضاعف العدد.""",
    "Arabic quotations and brackets": """
        قال المعلم: «افتحوا الكتاب على الدرس الثالث.»
        ففتح التلاميذ كتبهم.
        كتب على الورقة: "لا تنتظروني".
        وغادر قبل الفجر.
        قرأنا رواية «لماذا نسافر؟» في أسبوع واحد.
        «لن أعود!» صاح الرجل من النافذة.
        قالت له (وهي تبتسم): لا بأس.
        (انظر الشكل 4.)
        الموعد النهائي (وهو غير قابل للتمديد!) يوم الأحد.""",
    "Arabic et cetera after dots": """
        باع البذور والأسمدة والأدوات... إلخ.
        ثم أغلق الدكان.
        نستورد القطن والصوف إلخ من الهند.""",
    "Arabic with addresses and English names": """
        حمّل النموذج من https://forms.example.org/ar/v2.1/index.html ثم وقّعه.
        أرسله إلى leave.office@example.com.
        افتح الملف report.final.pdf أولًا.
        نستخدم Node.js في الخادم.
        وصل الطرد من شركة Baker Ltd. يوم الاثنين.""",
    "English days, hours and offices": """
        Prof. Lindqvist met Dr. O'Hara at St. Mary's at 9.30 a.m. on Mon. 4 Feb. to talk.
        The parcel weighs approx. 3.5 kg.
        It ended at 5 p.m.
        Nobody stayed.
        At 6 p.m. Friday the gates close.
        Call Tel. 555-0101 or the office on Elm St. near the bank.
        Turn left at Elm St.
        The bank is there.
        He works at the U.N.
        She works at home.""",
    "English numbers": """
        Rent rose 4.2% in Q3.
        It fell to $1,020.50 in 2019.
        2020 was worse.
        Version 4 does not.
        He is No. 1.
        She is second.
        Is it 3?
        No, it is 4.""",
    "English quotations": """
        "Where is my hat?" asked Tom.
        "On the chair," said his sister.
        "Then bring it!"
        She did.
        The sign read 'Keep out.'
        We went in.
        Have you read "Who Goes There?" by Campbell?
        I have.""",
    "names that begin small": """
        The iPad sold well.
        iPhone sales fell.
        Use file.tar.gz instead.""",
    "numbered articles": """
        المادة 5. لا يجوز نقل الموظف.
        ويُستثنى المتعاقد.
        Article 6. Staff may not be moved.
        Others may.""",
}
