"""What the signer says, in the officer's language. One table; the codes are those of the program and the protocol."""

from __future__ import annotations

import locale
import os

WORDS: dict[str, tuple[str, str]] = {
    # what is being signed: the purposes that the e-Office knows
    "letter": ("Letter", "पत्र"),
    "decision": ("Decision record", "निर्णय अभिलेख"),
    "exemption": ("Exemption", "छूट"),
    "import": ("Certified staff sheet", "प्रमाणित कर्मचारी पत्रक"),
    "charge_list": ("Charge list", "कार्यभार सूची"),
    "note": ("Note", "टिप्पणी"),
    "endorsement": ("Endorsement", "पृष्ठांकन"),
    "withdrawal": ("Withdrawal of a letter", "पत्र की वापसी"),
    "check_up": ("Test signature", "परीक्षण हस्ताक्षर"),
    "paper": ("Paper", "काग़ज़"),
    # the sheet
    "title": ("e-Office signer", "ई-ऑफ़िस हस्ताक्षरक"),
    "asked": ("{office} asks {officer} to sign:", "{office} ने {officer} से हस्ताक्षर माँगे हैं:"),
    "item": ("{number}. {kind} {title}: {pages} page(s){reason}", "{number}. {kind} {title}: {pages} पृष्ठ{reason}"),
    "meaning": (", meaning: {reason}", ", आशय: {reason}"),
    "pages_unknown": ("unknown number of", "अज्ञात संख्या में"),
    "more": ("… and {count} more", "… और {count} अन्य"),
    "compare": (
        "Compare with the page in your browser: {words}", "अपने ब्राउज़र के पृष्ठ से मिलाएँ: {words}",
    ),
    "certificate": (
        "Signed with: {name} (by {issuer}), valid until {until}",
        "हस्ताक्षर इससे होंगे: {name} ({issuer} द्वारा), {until} तक मान्य",
    ),
    "binding": (
        "With your PIN you sign these papers yourself, as by hand.",
        "पिन देकर आप इन काग़ज़ों पर स्वयं हस्ताक्षर करते हैं, जैसे हाथ से।",
    ),
    "choose": (
        "[s] sign   [o] open the paper   [r] refuse   [l] later > ",
        "[s] हस्ताक्षर   [o] काग़ज़ खोलें   [r] मना करें   [l] बाद में > ",
    ),
    "which": ("Which number? > ", "कौन-सी संख्या? > "),
    "pin": ("PIN of the token (not shown): ", "टोकन का पिन (दिखेगा नहीं): "),
    "pinpad": ("Type the PIN on the reader itself.", "पिन रीडर पर ही टाइप करें।"),
    "sign_button": ("Sign", "हस्ताक्षर करें"),
    "open_button": ("Open the paper", "काग़ज़ खोलें"),
    "refuse_button": ("Refuse", "मना करें"),
    "later_button": ("Later", "बाद में"),
    "opened": ("Opened: {path}", "खोला गया: {path}"),
    # how it went
    "waiting": ("Ready. Waiting for papers of {office}.", "तैयार। {office} के काग़ज़ों की प्रतीक्षा है।"),
    "signed": ("Signed: {count}. The page in your browser goes on by itself.",
               "हस्ताक्षर हुए: {count}। ब्राउज़र का पृष्ठ अपने आप आगे बढ़ेगा।"),
    "refused": ("Refused. The page in your browser says so.", "मना किया गया। ब्राउज़र का पृष्ठ यह बता देगा।"),
    "later": ("Left for later. Start the signer again, or send it again from the page.",
              "बाद के लिए छोड़ा गया। हस्ताक्षरक फिर चलाएँ, या पृष्ठ से फिर भेजें।"),
    "over": ("It is no longer wanted: signed elsewhere, taken back, or too late.",
             "अब आवश्यक नहीं: कहीं और हस्ताक्षर हो गए, वापस ले लिया गया, या समय निकल गया।"),
    "offline": ("No connection to the e-Office; trying again by itself.",
                "ई-ऑफ़िस से संपर्क नहीं; अपने आप फिर प्रयास हो रहा है।"),
    "online": ("Connected again.", "संपर्क फिर हो गया।"),
    "stopped": ("Stopped.", "बंद किया गया।"),
    "server_says": ("The e-Office says: {said}", "ई-ऑफ़िस का उत्तर: {said}"),
    # the token
    "wrong_pin": ("This PIN is wrong. Nothing was signed.", "यह पिन ग़लत है। कुछ भी हस्ताक्षरित नहीं हुआ।"),
    "pin_low": ("Careful: a wrong PIN was given before; few tries are left.",
                "सावधान: पहले ग़लत पिन दिया गया था; थोड़े ही प्रयास शेष हैं।"),
    "pin_final": ("Careful: this is the last try before the token locks.",
                  "सावधान: टोकन बंद होने से पहले यह अंतिम प्रयास है।"),
    "pin_locked": ("The token's PIN is locked. Its provider can unlock it.",
                   "टोकन का पिन बंद है। टोकन देने वाला इसे खोल सकता है।"),
    "token_missing": ("No token found. Plug it in.", "टोकन नहीं मिला। उसे लगाएँ।"),
    "other_certificate": (
        "The token that is plugged in does not carry your registered certificate. Plug in the other one.",
        "लगे हुए टोकन में आपका पंजीकृत प्रमाणपत्र नहीं है। दूसरा टोकन लगाएँ।",
    ),
    "not_in_time": ("The certificate on the token is not valid today.", "टोकन का प्रमाणपत्र आज मान्य नहीं है।"),
    "no_key": ("The key of this certificate is not on the token.", "इस प्रमाणपत्र की कुंजी टोकन पर नहीं है।"),
    "no_module": ("The token's driver was not found. Install it, or name it with --module.",
                  "टोकन का ड्राइवर नहीं मिला। उसे स्थापित करें, या --module से बताएँ।"),
    "token_fault": ("The token does not answer. Pull it out and plug it in again.",
                    "टोकन उत्तर नहीं दे रहा। उसे निकालकर फिर लगाएँ।"),
    # the paper
    "paper_wrong": (
        "DO NOT SIGN: what the server sent does not fit together ({code}). Nothing was signed. Tell the operator.",
        "हस्ताक्षर न करें: सर्वर ने जो भेजा वह आपस में मेल नहीं खाता ({code})। कुछ भी हस्ताक्षरित नहीं हुआ। संचालक को बताएँ।",
    ),
    # pairing and registering
    "code": ("Code from the page 'My signers': ", "'मेरे हस्ताक्षरक' पृष्ठ का कोड: "),
    "code_form": ("The code has 16 letters and digits; look again.", "कोड में 16 अक्षर और अंक होते हैं; फिर देखें।"),
    "code_wrong": ("The code is wrong or too old. Make a new one on the page.",
                   "कोड ग़लत या पुराना है। पृष्ठ पर नया बनाएँ।"),
    "too_often": ("Too many tries. Wait ten minutes.", "बहुत बार प्रयास हुए। दस मिनट रुकें।"),
    "server_unproven": (
        "The other side does not know your code, so it is not your e-Office. Nothing was paired.",
        "दूसरी ओर आपका कोड नहीं जानती, अतः वह आपका ई-ऑफ़िस नहीं है। कुछ भी जोड़ा नहीं गया।",
    ),
    "address": ("This is no address of an e-Office (https://…).", "यह ई-ऑफ़िस का पता नहीं है (https://…)।"),
    "paired": ("Paired with {office} as {officer}. The page shows: {words}",
               "{office} से {officer} के नाम पर जुड़ गया। पृष्ठ पर दिखेगा: {words}"),
    "not_paired": ("This PC is not paired. Run: eoffice-signer pair ADDRESS",
                   "यह कम्प्यूटर जुड़ा नहीं है। चलाएँ: eoffice-signer pair पता"),
    "unpaired": ("This PC is no longer paired with the e-Office.", "यह कम्प्यूटर अब ई-ऑफ़िस से जुड़ा नहीं है।"),
    "register": ("Choose the certificate to be registered as your signature:",
                 "अपने हस्ताक्षर के रूप में पंजीकृत होने वाला प्रमाणपत्र चुनें:"),
    "register_line": ("{number}. {name} (by {issuer}), valid until {until}, token {label}",
                      "{number}. {name} ({issuer} द्वारा), {until} तक मान्य, टोकन {label}"),
    "register_pin": ("Your PIN proves that the key is yours. Nothing else is signed.",
                     "आपका पिन प्रमाणित करता है कि कुंजी आपकी है। और कुछ हस्ताक्षरित नहीं होता।"),
    "registered": ("Registered. You can sign with this token now.",
                   "पंजीकृत। अब आप इस टोकन से हस्ताक्षर कर सकते हैं।"),
    "not_wanted": ("The e-Office does not await a certificate from you now. Ask for a signature by token on its page.",
                   "ई-ऑफ़िस को अभी आपके प्रमाणपत्र की प्रतीक्षा नहीं है। उसके पृष्ठ पर टोकन से हस्ताक्षर माँगें।"),
    "no_certificates": ("The token carries no certificate that can sign.", "टोकन में हस्ताक्षर योग्य प्रमाणपत्र नहीं है।"),
    "agent_unknown": ("This PC was unpaired on the e-Office's page.", "यह कम्प्यूटर ई-ऑफ़िस के पृष्ठ से हटाया गया है।"),
}  # fmt: skip


def system_language() -> str:
    """`hi` where the system speaks Hindi, otherwise `en`."""
    said = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return "hi" if said.lower().startswith(("hi", "hindi")) else "en"


class Voice:
    """The words in one language."""

    def __init__(self, language: str) -> None:
        self.language = language if language in {"en", "hi"} else system_language()

    def say(self, code: str, /, **facts: object) -> str:
        """The sentence of a code; the code itself where there is none."""
        both = WORDS.get(code)
        facts = {name: plain(str(value)) for name, value in facts.items()}
        return plain(code) if both is None else both[self.language == "hi"].format(**facts)

    def of(self, facts: dict[str, str]) -> str:
        """The server's own words, sent in both languages."""
        return plain(str(facts.get(self.language) or facts.get("en", "")))


def plain(text: str) -> str:
    """Without what moves the cursor, hides or turns around text: titles come from the server and from papers."""
    return "".join(c for c in text if c.isprintable() or c in "\u200c\u200d")
