"""A right reply and a wrong one to each task that a language model is tried by, in their order.

The wrong ones are what weak models write: the fact beside the right one, a changed number, the
opposite, half of another language, a word where a sentence was asked for.
"""

from __future__ import annotations

REPLIES: tuple[tuple[str, str], ...] = (
    # write_en
    ("Dogs may travel on the car deck only.", "Dogs may travel from the north quay."),
    ("It is closed because its roof is being repaired.", "Because of the الترميم of its roof."),
    (
        "Hold down the green button for eight seconds and wait until the lamp goes out.",
        "Hold down the green button for 18 seconds.",
    ),
    (
        "Every hiker carries a whistle and a map. Each also needs two litres of water.",
        "Every hiker carries a whistle and a map.",
    ),
    # write_ar
    ("تُترك الدراجات في الساحة المظللة عند الباب الجنوبي.", "الدراجات."),
    ("أُجّل العرض لأن الممثلة الرئيسية مريضة.", "أُجّل العرض because الممثلة مريضة."),
    ("يُغسل المرشّح بماء فاتر دون صابون ثم يُترك حتى يجف.", "يُفصل التيار قبل فتح الغطاء."),
    (
        "يحتاج المشترك إلى صورة شخصية وشهادة صحية، ويملأ استمارة.",
        "需要一张照片 صورة وشهادة واستمارة مطلوبة.",
    ),
    # yesno_en
    ("Yes, all stalls accept cards as well as cash.", "No, all stalls accept cards."),
    ("No, the pool is closed on Fridays.", "Yes, it is closed on Fridays."),
    ("Yes, only people over sixteen are taken on.", "Only people over sixteen are taken on."),
    ("No, broken glass is excluded.", "Yes, it covers broken glass for three years."),
    ("Yes, they may leave them there without paying.", "No, large bags are forbidden."),
    ("No, it was finished only after the war.", "Yes, a year before the war."),
    # yesno_ar
    ("لا، يُمنع إدخال الطعام والشراب إلى القاعة.", "نعم، يُمنع إدخال الطعام إلى القاعة."),
    ("نعم، يجوز تبديلها قبل الرحلة بيوم واحد.", "لا، يجوز تبديلها قبل الرحلة."),
    ("لا، يُدفع ثمن الإفطار منفصلًا.", "نعم، يشمل السعر ثمن الإفطار."),
    ("نعم، يعمل ببطارية تُشحن في ساعتين.", "Yes, it works on a battery."),
    ("لا، المصعد معطّل حتى نهاية الشهر.", "نعم، في البناية مصعد واحد."),
    ("نعم، يدفع كل عضو جديد رسومًا.", "نعم، يدفع كل عضو جديد 30 دينارًا."),
    # not_there
    ("NO_ANSWER", "The ceiling was painted in the neighbouring village."),
    ("It was cast in the neighbouring village.", "NO_ANSWER"),
    ("No", "Yes"),
    ("NO_ANSWER.", "لا يُعرف عدد الموظفين."),
    ("تُفحص العينات كل صباح.", "NO_ANSWER"),
    ("Yes.", "No."),
    # point
    (
        '{"sentence": 2, "words": "a diesel generator"}',
        '{"sentence": 1, "words": "the solar panels"}',
    ),
    ('{"sentence": 3, "words": "the gardener"}', '{"sentence": 3, "words": "the cellar"}'),
    ('{"sentence": 2, "words": "الفول"}', '{"sentence": 2, "words": "القمح"}'),
    ('{"sentence": 2, "words": "في ورشة الطابق السفلي"}', "They are repaired downstairs."),
    # to_ar
    ("لا تعير المكتبة القواميس للزوار.", "المكتبة تعير القواميس للزوار."),
    ("وقّعت إيلينا مارش عقد الإيجار في 14 مارس 2019.", "وقّعت إيلينا العقد في 14 مارس 2019."),
    (
        "ثمن التذكرة 18 يورو، ويسافر الأطفال دون السادسة مجانًا.",
        "ثمن التذكرة 18 يورو، ويسافر الأطفال دون 16 سنة مجانًا.",
    ),
    (
        "يجب ألا يُفتح الصمام الأزرق في KX-207 أبدًا أثناء عمل المحرك.",
        "يجب ألا يُفتح الصمام الأحمر في KX-207 أثناء عمل المحرك.",
    ),
    # to_en
    (
        "Cars are not allowed to enter the old market after five in the evening.",
        "Cars are allowed to enter the old market after five in the evening.",
    ),
    (
        "The engineer Laila Al-Haddad signed the contract on 9 May 2021.",
        "The engineer Laila Al-Haddad signed the contract on 9 June 2021.",
    ),
    (
        "The trip was postponed by six weeks because of the storm.",
        "The trip was postponed by five weeks because of the storm.",
    ),
    (
        "There are 35 pomegranate trees in the orchard, and fewer olive trees.",
        "There are 35 pomegranate trees in the orchard, and more olive trees.",
    ),
    # reckon
    ("Together they cost 49 dollars.", "Together they cost 40 dollars and 9 dollars."),
    ("550 litres are missing.", "1250 litres are missing."),
    ("استغرق بناء السد 16 سنة.", "استغرق بناء السد ١٧ سنة."),
    # rewrite
    ("Who designed the Larkholm lighthouse?", "Who designed it?"),
    (
        "What does a day pass for the Silver Line cost for children?",
        "It costs 12 francs for children.",
    ),
    (
        "كم تكلفة إصلاح الدراجة في ورشة النسيم؟",
        "كم يستغرق إصلاح الدراجة في ورشة النسيم وكم تكلفته؟",
    ),
    ("ماذا أفعل إذا ضاعت بطاقة المكتبة؟", "هل أعمل إذا ضاعت بطاقة المكتبة؟"),
)
RIGHT = tuple(right for right, _ in REPLIES)
WRONG = tuple(wrong for _, wrong in REPLIES)
