"""The texts of mails about sheets of staff: both languages in each (see `mails`). They name no person of the sheet."""

from __future__ import annotations

from employee_master.mails import Text

Names = tuple[str, str]


def to_certify(office: Names, sheet: str, counts: tuple[int, int], link: str) -> Text:
    new, changed = counts
    return Text(
        ("ई-ऑफ़िस: कार्मिक विवरण प्रमाणन हेतु", "e-Office: staff data to certify"),
        (
            f"{office[0]}: कार्मिकों की सूची “{sheet}” आपके प्रमाणन की प्रतीक्षा में है ({new} नए, {changed} परिवर्तित)।",
            "सूची देखकर अपने हस्ताक्षर (पिन) से प्रमाणित करें, अथवा कारण लिखकर वापस करें:",
            link,
        ),
        (
            f"{office[1]}: the list of staff “{sheet}” waits for your certification ({new} new, {changed} changed).",
            "Look at it and certify it with your signature (PIN), or return it with the reason:",
            link,
        ),
    )


def returned(office: Names, sheet: str, link: str) -> Text:
    return Text(
        ("ई-ऑफ़िस: कार्मिक विवरण वापस किया गया", "e-Office: staff data were returned"),
        (f"{office[0]}: कार्यालयाध्यक्ष ने सूची “{sheet}” सुधार हेतु वापस की है। कारण पृष्ठ पर देखें:", link),
        (f"{office[1]}: the head of office has returned the list “{sheet}”. The page says what to correct:", link),
    )


def applied(office: Names, sheet: str, counts: tuple[int, int], link: str) -> Text:
    new, changed = counts
    return Text(
        ("ई-ऑफ़िस: कार्मिक विवरण लागू", "e-Office: staff data were applied"),
        (
            f"{office[0]}: सूची “{sheet}” लागू की गई ({new} नए, {changed} परिवर्तित)।",
            "नए कार्मिकों को आमंत्रण ई-मेल से भेजे जा रहे हैं।",
            "एक दिन तक इसे पूर्ववत किया जा सकता है:",
            link,
        ),
        (
            f"{office[1]}: the list “{sheet}” was applied ({new} new, {changed} changed).",
            "Invitations go to the new people by e-mail.",
            "For a day it can be undone:",
            link,
        ),
    )


def not_applied(office: Names, sheet: str, link: str) -> Text:
    return Text(
        ("ई-ऑफ़िस: कार्मिक विवरण लागू नहीं हुआ", "e-Office: staff data could not be applied"),
        (
            f"{office[0]}: प्रमाणित सूची “{sheet}” लागू नहीं हो सकी, क्योंकि प्रमाणन के बाद कुछ बदल गया।",
            "सूची वापस लेकर सुधारें और पुनः प्रमाणित कराएँ:",
            link,
        ),
        (
            f"{office[1]}: the certified list “{sheet}” could not be applied, because something has changed since.",
            "Take it back, correct it and have it certified again:",
            link,
        ),
    )
