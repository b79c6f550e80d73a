"""Article pages of our own in both languages, in the layouts that sites use, with their truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

LAYOUTS = ("semantic", "classes", "plain", "columns")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its source, what belongs to its matter, and what does not."""

    html: str
    matter: tuple[str, ...]
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Texts:
    title: str
    paragraphs: tuple[str, ...]
    subheading: str
    quote: str
    items: tuple[str, ...]
    table: tuple[tuple[str, str], ...]
    caption: str
    box: str
    menu: tuple[str, ...]
    related: tuple[str, ...]
    cookies: str
    newsletter: str
    footer: tuple[str, ...]


_ENGLISH = _Texts(
    title="Harbour wall to be rebuilt before winter storms",
    paragraphs=(
        "The town council voted on Tuesday to rebuild the northern harbour wall, which lost forty "
        "metres of stone during the storm of last February and has been fenced off since.",
        "Engineers from the regional ports office measured the gap in March and found that the "
        "foundations, laid in 1911, had moved by almost thirty centimetres towards the sea.",
        "Work begins on 14 May and is expected to last five months. Fishing boats will use the "
        "eastern quay in the meantime, where the council has laid on water and electricity.",
        "“We could not ask the crews to go through another season like this one,” said Maryam "
        "Haddad, who chairs the harbour committee and owns two trawlers herself.",
        "The project costs 3.2 million dinars. Two thirds come from the national fund for coasts, "
        "the rest from berth fees that will rise by four per cent in January.",
        "Local divers have offered to survey the old stones before they are lifted, as some of "
        "them carry the marks of the masons who cut them in the quarry above the town.",
        "A public meeting is planned for the evening of 2 May in the customs hall. Plans are on "
        "show in the library until then and can be taken home as a printed leaflet.",
    ),
    subheading="What changes for the boats",
    quote="A wall is a promise that the town makes to its boats.",
    items=("Berths 1 to 12 close on 10 May", "Fuel is sold at the east quay", "Ice comes by cart"),
    table=(("Quay", "Depth"), ("Northern", "4.5 m"), ("Eastern", "3.8 m"), ("Customs", "2.9 m")),
    caption="The gap in the northern wall, seen from the lighthouse.",
    box="The first wall was built by hand between 1908 and 1911 with stone from the upper quarry.",
    menu=("Home", "News", "Sport", "Weather", "Business", "Culture", "Opinion", "Video", "Archive"),
    related=("Ferry timetable cut after engine fault", "Museum opens its boat shed on Sundays",
             "Five things to know about the tides", "Sardine prices climb for a third week"),
    cookies="We use cookies to improve your visit. By browsing on you accept our policy.",
    newsletter="Get the best stories of the week in your inbox every Friday morning.",
    footer=("About us", "Contact", "Privacy policy", "© 2026 Harbour Gazette. Rights reserved."),
)  # fmt: skip
_ARABIC = _Texts(
    title="البلدية تعيد بناء سور الميناء قبل عواصف الشتاء",
    paragraphs=(
        "صوّت المجلس البلدي يوم الثلاثاء على إعادة بناء السور الشمالي للميناء الذي فقد أربعين متراً "
        "من حجارته في عاصفة فبراير الماضي وظل مسيّجاً منذ ذلك الحين.",
        "وقاس مهندسو مكتب الموانئ الفجوة في مارس فوجدوا أن الأساسات التي وُضعت عام 1911 تحركت نحو "
        "البحر بما يقارب ثلاثين سنتيمتراً.",
        "يبدأ العمل في 14 مايو ويُتوقع أن يستمر خمسة أشهر، وستستخدم قوارب الصيد الرصيف الشرقي خلال "
        "هذه المدة بعد أن مدّت إليه البلدية الماء والكهرباء.",
        "وقالت مريم حداد التي ترأس لجنة الميناء وتملك مركبين: «لم يكن بوسعنا أن نطلب من البحارة "
        "موسماً آخر كهذا الموسم».",
        "تبلغ كلفة المشروع 3.2 مليون دينار، يأتي ثلثاها من الصندوق الوطني للسواحل والباقي من رسوم "
        "الرسو التي سترتفع أربعة في المئة في يناير.",
        "وعرض غواصون من البلدة أن يفحصوا الحجارة القديمة قبل رفعها لأن بعضها يحمل علامات البنّائين "
        "الذين قطعوها في المحجر المطل على البلدة.",
        "ويُعقد اجتماع عام مساء الثاني من مايو في قاعة الجمارك، والمخططات معروضة في المكتبة حتى ذلك "
        "اليوم ويمكن أخذها في كتيّب مطبوع.",
    ),
    subheading="ما الذي يتغير للقوارب",
    quote="السور وعد تقطعه البلدة لقواربها.",
    items=("تُغلق المراسي من 1 إلى 12 في 10 مايو", "يباع الوقود شرقاً", "يصل الثلج بالعربات"),
    table=(("الرصيف", "العمق"), ("الشمالي", "4.5 م"), ("الشرقي", "3.8 م"), ("الجمارك", "2.9 م")),
    caption="الفجوة في السور الشمالي كما تُرى من المنارة.",
    box="بُني السور الأول باليد بين عامي 1908 و1911 بحجارة من المحجر العلوي.",
    menu=("الرئيسية", "أخبار", "رياضة", "طقس", "اقتصاد", "ثقافة", "آراء", "مرئيات", "أرشيف"),
    related=("تقليص مواعيد العبّارة بعد عطل في المحرك", "المتحف يفتح سقيفة القوارب أيام الأحد",
             "خمسة أمور عن المد والجزر", "أسعار السردين ترتفع للأسبوع الثالث"),
    cookies="نستخدم ملفات تعريف الارتباط لتحسين زيارتك، ومتابعة التصفح تعني موافقتك على سياستنا.",
    newsletter="احصل على أفضل قصص الأسبوع في بريدك كل صباح جمعة.",
    footer=("من نحن", "اتصل بنا", "سياسة الخصوصية", "© 2026 صحيفة الميناء. جميع الحقوق محفوظة."),
)  # fmt: skip


def article_pages() -> Iterator[tuple[str, Page]]:
    """Pages by their names, in each language and layout."""
    for language, texts in (("en", _ENGLISH), ("ar", _ARABIC)):
        for layout in LAYOUTS:
            yield f"{language}-{layout}", _page(texts, layout, language)


def _page(texts: _Texts, layout: str, language: str) -> Page:
    shell = {"semantic": _semantic, "classes": _classes, "plain": _plain, "columns": _columns}[
        layout
    ]
    body = shell(texts, _matter(texts), _links(texts.menu), _links(texts.related))
    html = (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{texts.title}</title></head><body>{body}<script>var a = 1</script></body></html>"
    )
    cells = tuple(cell for row in texts.table for cell in row)
    matter = (texts.title, *texts.paragraphs, texts.subheading, texts.quote, *texts.items, *cells,
              texts.caption, texts.box)  # fmt: skip
    rest = (*texts.menu, *texts.related, texts.cookies, texts.newsletter, *texts.footer)
    return Page(html, matter, rest)


def _matter(texts: _Texts) -> str:
    first, *middle, last = (f"<p>{text}</p>" for text in texts.paragraphs)
    rows = "".join(
        "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in row) + "</tr>"
        for tag, row in zip(("th", "td", "td", "td"), texts.table, strict=True)
    )
    items = "".join(f"<li>{item}</li>" for item in texts.items)
    return (
        f"<h1>{texts.title}</h1>{first}<figure><img src=a.jpg alt=''><figcaption>{texts.caption}"
        f"</figcaption></figure>{''.join(middle[:3])}<h2>{texts.subheading}</h2><ul>{items}</ul>"
        f"<blockquote>{texts.quote}</blockquote><aside class=factbox><p>{texts.box}</p></aside>"
        f"{''.join(middle[3:])}<table>{rows}</table>{last}"
    )


def _links(names: tuple[str, ...]) -> str:
    items = "".join(f'<li><a href="/{number}">{name}</a></li>' for number, name in enumerate(names))
    return f"<ul>{items}</ul>"


def _foot(texts: _Texts) -> str:
    links = "".join(f'<a href="/{name}">{name}</a> ' for name in texts.footer[:-1])
    return f"{links}<p>{texts.footer[-1]}</p>"


def _semantic(texts: _Texts, matter: str, menu: str, related: str) -> str:
    return (
        f"<header><a href=/>Logo</a><nav>{menu}</nav></header>"
        f"<main><article>{matter}</article></main>"
        f"<aside><h2>+</h2>{related}</aside><div class=cookie-notice>{texts.cookies}</div>"
        f"<section class=newsletter><p>{texts.newsletter}</p></section>"
        f"<footer>{_foot(texts)}</footer>"
    )


def _classes(texts: _Texts, matter: str, menu: str, related: str) -> str:
    return (
        f"<div class=site-header><div class=main-menu>{menu}</div></div><div id=content>"
        f"<div class=entry-content>{matter}</div><div class=related-posts>{related}</div></div>"
        f"<div class=sidebar><div class=newsletter-box>{texts.newsletter}</div></div>"
        f"<div id=cookie-consent><p>{texts.cookies}</p></div><div class=footer>{_foot(texts)}</div>"
    )


def _plain(texts: _Texts, matter: str, menu: str, related: str) -> str:
    return (
        f"<div><div>{menu}</div></div><div><div>{matter}</div><div>{related}</div></div>"
        f"<div class=newsletter><p>{texts.newsletter}</p></div><div><p>{texts.cookies}</p></div>"
        f"<div>{_foot(texts)}</div>"
    )


def _columns(texts: _Texts, matter: str, menu: str, related: str) -> str:
    return (
        f"<div class=topbar>{menu}</div><div class=row><div class=col-8><article>{matter}</article>"
        f"</div><div class=col-4>{related}<form class=subscribe><label>{texts.newsletter}</label>"
        f"<input type=email><button>+</button></form></div></div><div role=dialog class=modal>"
        f"{texts.cookies}</div><footer class=site-footer>{_foot(texts)}</footer>"
    )
