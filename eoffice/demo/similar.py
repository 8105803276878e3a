"""A hundred similar letters on one desk, for trying the list that one unlock signs (design 6, "Batch")."""

from __future__ import annotations

from eoffice.core.actor import Actor
from files.models import Draft, File
from files.services.draft import DraftText, draft_correct, draft_create
from files.services.file import file_brief, file_forward, file_open, file_see, glance_keep

SUBJECT = "विकास खण्ड {block} के अभिलेख कक्ष की मरम्मत हेतु धनराशि की स्वीकृति"
BODY = (
    "<p>उपर्युक्त विषयक कृपया अपने पत्र दिनांक 12 अक्टूबर, 2026 का सन्दर्भ ग्रहण करें।</p>"
    "<p>2. इस सम्बन्ध में मुझे यह कहने का निदेश हुआ है कि सम्यक् विचारोपरान्त विकास खण्ड {block} के अभिलेख कक्ष की मरम्मत हेतु "
    "₹{amount} की प्रशासकीय एवं वित्तीय स्वीकृति प्रदान की जाती है। कार्य स्वीकृत दरों पर 31 मार्च, 2027 तक पूर्ण कराया जाए।</p>"
    "<p>3. उक्त व्यय चालू वित्तीय वर्ष के आय-व्ययक में “लघु निर्माण” की मानक मद से वहन किया जाएगा।</p>"
)
# Invented names: a first and a last part each.
FIRST = ("बेल", "सोन", "राम", "हरि", "देव", "चन्द", "मान", "गौर", "नर", "सुख")
LAST = ("पुर", "गढ़", "नगर", "वा", "कोट", "घाट", "खेड़ा", "गंज", "बाग", "तला")


def block(number: int) -> str:
    """The name of the block of that number; ten times ten, then with a number behind."""
    name = FIRST[number % 10] + LAST[number // 10 % 10]
    return name if number < len(FIRST) * len(LAST) else f"{name} {number // 100 + 1}"


def letter(number: int, *, more: int = 0, email: str = "", copies: str = "") -> DraftText:
    """One of the similar letters; `more` alters its amount."""
    name = block(number)
    lakh = f"{2 + number % 7}.{10 + number * 7 % 90} लाख" if not more else f"{more} लाख"
    return DraftText(
        subject=SUBJECT.format(block=name),
        addressee=f"खण्ड विकास अधिकारी,\n{name}",
        body=BODY.format(block=name, amount=lakh),
        email=email,
        salutation="महोदय,",
        closing="भवदीया,",
        copies_to=copies,
    )


def put_up(number: int, *, by: Actor, to: int, series: str) -> Draft:
    """A file with one of the letters, sent to the officer's post for decision."""
    file = file_open(subject=SUBJECT.format(block=block(number)), free_number=f"{series}/{number + 1}", actor=by)
    draft = draft_create(file_id=file.pk, text=letter(number), kind="letter", language="hi", actor=by)
    file_brief(
        file_id=file.pk,
        gist=f"विकास खण्ड {block(number)}: माँग परीक्षण के बाद औचित्यपूर्ण।",
        points="आलेख्य अनुमोदित हो।",
        actor=by,
    )
    file_forward(file_id=file.pk, to_post_id=to, remarks="आदेशार्थ प्रस्तुत।", actor=by)
    return draft


def similar_put_up(*, by: Actor, officer: Actor, count: int, changed: int = 0, series: str = "MARAMMAT") -> list[Draft]:
    """So many similar letters wait on the officer's desk, opened by them; the last `changed` ones changed since."""
    drafts = [put_up(number, by=by, to=officer.desk, series=series) for number in range(count)]
    for place, draft in enumerate(drafts):
        opened(File.objects.get(pk=draft.file_id), officer)
        if place >= count - changed:
            change(draft, number=place, officer=officer, by=by)
    return drafts


def opened(file: File, officer: Actor) -> None:
    """The officer opens the decision view."""
    file_see(file_id=file.pk, actor=officer)
    glance_keep(file=File.objects.get(pk=file.pk), actor=officer)


def change(draft: Draft, *, number: int, officer: Actor, by: Actor) -> None:
    """The officer sends the file back, the section corrects the letter and sends it up again."""
    file_forward(file_id=draft.file_id, to_post_id=by.desk, remarks="धनराशि पुनः देखें।", actor=officer)
    draft_correct(draft_id=draft.pk, text=letter(number, more=9), base_version=1, why="धनराशि", actor=by)
    file_forward(file_id=draft.file_id, to_post_id=officer.desk, remarks="संशोधित।", actor=by)
