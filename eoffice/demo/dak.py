"""The twenty letters of the demo. Everything here is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from eoffice.core import clock

SECRETARY_HI = ("सेवा में,", "सचिव,", "सामान्य प्रशासन विभाग, राज्य शासन।")
SECRETARY_EN = ("To,", "The Secretary,", "General Administration Department, State Government.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One letter: who wrote, what, how it came, and how many days ago it was diarised."""

    subject: str
    organisation: str
    name: str
    designation: str
    number: str
    body: str
    days_ago: int
    address: str = ""
    email: str = ""
    language: str = "hi"
    kind: str = "letter"
    priority: str = "ordinary"
    delivery: str = "post"
    scanned: bool = False
    marked_to: str = "GAD-3"
    remark: str = ""
    enclosures: tuple[int, int] = (0, 0)

    @property
    def dated(self) -> date:
        """The day on the letter: some days before it came."""
        return clock.today() - timedelta(days=self.days_ago + 8)

    @property
    def to(self) -> tuple[str, ...]:
        return SECRETARY_HI if self.language == "hi" else SECRETARY_EN


def _p(*paragraphs: str) -> str:
    return "".join(f"<p>{text}</p>" for text in paragraphs)


LETTERS: dict[str, Incoming] = {
    "records_room": Incoming(
        subject="कलेक्ट्रेट परिसर, सरयूपुर स्थित अभिलेखागार भवन की छत एवं विद्युत वायरिंग की मरम्मत हेतु धनराशि की स्वीकृति",
        organisation="कार्यालय जिलाधिकारी, सरयूपुर",
        address="नजारत अनुभाग, कलेक्ट्रेट, सरयूपुर-210001",
        name="अनुराग सोलंकी",
        designation="जिलाधिकारी, सरयूपुर",
        number="1147/नाजिर/2026-27",
        email="dm@saryupur.dist.example",
        priority="immediate",
        days_ago=9,
        remark="कृपया प्राथमिकता पर परीक्षण करें।",
        enclosures=(3, 3),
        body=_p(
            "उपर्युक्त विषयक अवगत कराना है कि कलेक्ट्रेट परिसर में वर्ष 1958 में निर्मित अभिलेखागार भवन की छत गत वर्षा ऋतु में "
            "अनेक स्थानों पर रिसने लगी है, जिससे राजस्व अभिलेख क्षतिग्रस्त होने की आशंका है। भवन की विद्युत वायरिंग भी जीर्ण-शीर्ण है।",
            "2. अधिशासी अभियन्ता, प्रान्तीय खण्ड, लोक निर्माण विभाग द्वारा मरम्मत हेतु ₹20.00 लाख (रुपये बीस लाख मात्र) का "
            "आगणन प्रस्तुत किया गया है, जिसकी प्रति संलग्न है।",
            "3. अनुरोध है कि लोक हित में उक्त कार्य हेतु ₹20.00 लाख की प्रशासकीय एवं वित्तीय स्वीकृति प्रदान करने का कष्ट करें।",
        ),
    ),
    "quarter": Incoming(
        subject="राजकीय आवास टाइप-4 के आवंटन के सम्बन्ध में",
        organisation="कार्यालय मण्डलायुक्त, नीलकण्ठ मण्डल",
        address="मण्डलायुक्त कार्यालय, नीलकण्ठ-230001",
        name="हेमन्त टोप्पो",
        designation="अपर आयुक्त (प्रशासन)",
        number="883/प्रशा./2026",
        email="ac@neelkanth.div.example",
        priority="priority",
        days_ago=8,
        body=_p(
            "मेरा स्थानान्तरण मण्डलायुक्त कार्यालय से राज्य मुख्यालय हुआ है। परिवार के निवास हेतु टाइप-4 श्रेणी के राजकीय आवास "
            "की आवश्यकता है।",
            "2. अनुरोध है कि नियमानुसार आवास आवंटित करने का कष्ट करें।",
        ),
    ),
    "rti_seniority": Incoming(
        subject="सूचना का अधिकार: आवेदन संख्या 118/2026, वाहन चालकों की वरिष्ठता सूची की प्रति",
        organisation="श्री बृजेश कुमार",
        address="मोहल्ला गंगापुर, सरयूपुर",
        name="बृजेश कुमार",
        designation="आवेदक",
        number="118/2026",
        kind="rti",
        scanned=True,
        days_ago=7,
        delivery="hand",
        body=_p(
            "सूचना का अधिकार अधिनियम, 2005 के अन्तर्गत निवेदन है कि राज्य सम्पत्ति विभाग के वाहन चालकों की दिनांक 1 जनवरी, 2026 "
            "की वरिष्ठता सूची की प्रमाणित प्रति उपलब्ध कराने का कष्ट करें। शुल्क संलग्न है।"
        ),
    ),
    "audit": Incoming(
        subject="Utilisation certificates for 2025-26 in respect of minor works: third reminder",
        organisation="Office of the Accountant General",
        address="Audit Bhawan, State Capital",
        name="S. Chattopadhyay",
        designation="Senior Audit Officer",
        number="WAP/214/2026-27",
        email="ag.audit@cag.example",
        language="en",
        kind="reminder",
        priority="priority",
        days_ago=6,
        body=_p(
            "Attention is invited to this office letters of even number dated 12 August and 30 September 2026.",
            "2. Utilisation certificates for eleven minor works sanctioned in 2025-26 are still awaited. They "
            "may please be furnished within seven days, failing which the matter will go into the audit report.",
        ),
    ),
    "assembly": Incoming(
        subject="तारांकित विधानसभा प्रश्न संख्या 214: विभाग में रिक्त पदों का विवरण",
        organisation="विधान सभा सचिवालय",
        address="विधान भवन, राज्य की राजधानी",
        name="वन्दना कुलश्रेष्ठ",
        designation="अनु सचिव",
        number="वि.स./प्र./214/2026",
        kind="assembly",
        priority="immediate",
        delivery="email",
        days_ago=3,
        body=_p("तारांकित प्रश्न संख्या 214 का उत्तर एवं अनुपूरक सामग्री दिनांक नियत से दो दिन पूर्व उपलब्ध कराने का कष्ट करें।"),
    ),
    "holidays": Incoming(
        subject="वर्ष 2027 के सार्वजनिक अवकाशों की सूची के सम्बन्ध में सुझाव",
        organisation="राज्य कर्मचारी परिषद",
        address="परिषद भवन, राज्य की राजधानी",
        name="उमेश चन्द्र जोशी",
        designation="महामंत्री",
        number="रा.क.प./77/2026",
        days_ago=26,
        body=_p("आगामी वर्ष 2027 के सार्वजनिक अवकाशों की सूची में हरेला पर्व को सम्मिलित करने का अनुरोध है।"),
    ),
    "vehicles": Incoming(
        subject="Hiring of vehicles for the winter session: rate contract",
        organisation="State Protocol Office",
        address="Secretariat Annexe, State Capital",
        name="R. Lyngdoh",
        designation="Protocol Officer",
        number="SPO/VEH/41",
        language="en",
        days_ago=15,
        body=_p("Eighteen vehicles will be needed from 14 to 23 December 2026. Rates of three agencies are enclosed."),
    ),
    "circuit_house": Incoming(
        subject="नीलकण्ठ जनपद में नवीन सर्किट हाउस हेतु भूमि का हस्तान्तरण",
        organisation="कार्यालय जिलाधिकारी, नीलकण्ठ",
        address="कलेक्ट्रेट, नीलकण्ठ-230001",
        name="कविता भण्डारी",
        designation="जिलाधिकारी, नीलकण्ठ",
        number="2214/भू.अ./2026",
        email="dm@neelkanth.dist.example",
        days_ago=40,
        scanned=True,
        body=_p("ग्राम देवपुर की 0.84 हेक्टेयर भूमि नवीन सर्किट हाउस हेतु चिन्हित की गई है। हस्तान्तरण की स्वीकृति अपेक्षित है।"),
    ),
    "leave_encash": Incoming(
        subject="श्रीमती शकुन्तला देवी, सेवानिवृत्त कनिष्ठ सहायक: उपार्जित अवकाश के नकदीकरण हेतु प्रार्थना-पत्र",
        organisation="श्रीमती शकुन्तला देवी",
        address="आदर्श नगर, राज्य की राजधानी",
        name="शकुन्तला देवी",
        designation="सेवानिवृत्त कनिष्ठ सहायक",
        number="शून्य",
        scanned=True,
        delivery="hand",
        days_ago=5,
        enclosures=(4, 3),
        body=_p("मैं दिनांक 31 जुलाई, 2026 को सेवानिवृत्त हुई। मेरे 300 दिवस के उपार्जित अवकाश का नकदीकरण अभी तक नहीं हुआ है।"),
    ),
    "training": Incoming(
        subject="Request for training slots in noting and drafting, batch of January 2027",
        organisation="State Training Institute",
        address="Institute Campus, State Capital",
        name="Lalrinpuii Sailo",
        designation="Deputy Director",
        number="STI/NC/2027/3",
        language="en",
        days_ago=4,
        body=_p("Nominations of two officials for the course of 11 to 15 January 2027 are requested by 15 December."),
    ),
    "furniture": Incoming(
        subject="मुख्य भवन के प्रथम तल हेतु फर्नीचर क्रय की माँग",
        organisation="सचिवालय प्रशासन अनुभाग",
        address="मुख्य भवन, कक्ष 108",
        name="देवकी नन्दन पन्त",
        designation="व्यवस्थापक",
        number="व्य./56/2026",
        days_ago=11,
        body=_p("प्रथम तल के बारह कक्षों हेतु 24 कुर्सियों एवं 12 मेजों की आवश्यकता है।"),
    ),
    "generator": Incoming(
        subject="सचिवालय परिसर के जनरेटर की वार्षिक अनुरक्षण संविदा",
        organisation="अधिशासी अभियन्ता (वि./याँ.) खण्ड",
        address="लोक निर्माण विभाग, राज्य की राजधानी",
        name="इमरान अहमद",
        designation="अधिशासी अभियन्ता",
        number="412/वि.याँ./26",
        email="ee.em@pwd.example",
        days_ago=12,
        body=_p("250 केवीए जनरेटर की अनुरक्षण संविदा 31 दिसम्बर, 2026 को समाप्त हो रही है। नवीनीकरण की स्वीकृति अपेक्षित है।"),
    ),
    "mp_road": Incoming(
        subject="माननीय सांसद का पत्र: सचिवालय के पीछे के मार्ग की मरम्मत",
        organisation="कार्यालय माननीय सांसद, सरयूपुर",
        address="सांसद आवास, सरयूपुर",
        name="निजी सचिव",
        designation="निजी सचिव, माननीय सांसद",
        number="अ.शा./91/2026",
        kind="vip",
        priority="priority",
        days_ago=6,
        body=_p("मार्ग की जर्जर स्थिति से नागरिकों को असुविधा है। शीघ्र मरम्मत कराने का कष्ट करें।"),
    ),
    "court": Incoming(
        subject="Writ petition no. 4471 of 2026: parawise comments",
        organisation="Office of the Chief Standing Counsel",
        address="High Court, State Capital",
        name="A. Dhasmana",
        designation="Standing Counsel",
        number="CSC/WP/4471/26",
        language="en",
        kind="court",
        priority="immediate",
        days_ago=2,
        scanned=True,
        body=_p("Parawise comments on the petition may be furnished before the next date of hearing."),
    ),
    "budget_fin": Incoming(
        subject="वर्ष 2027-28 के आय-व्ययक अनुमान: लघु निर्माण मद",
        organisation="सामान्य प्रशासन विभाग",
        address="सचिवालय, मुख्य भवन",
        name="इरफ़ान सिद्दीक़ी",
        designation="अनुभाग अधिकारी",
        number="सा.प्र.-3/बजट/2027-28",
        marked_to="FIN-2",
        days_ago=10,
        body=_p("लघु निर्माण मद में आगामी वित्तीय वर्ष हेतु ₹2.40 करोड़ का प्रस्ताव प्रेषित है।"),
    ),
    "audit_para": Incoming(
        subject="Compliance of audit paragraph 3.2 of the inspection report",
        organisation="Directorate of Local Fund Audit",
        address="State Capital",
        name="P. Rongmei",
        designation="Joint Director",
        number="LFA/IR/3.2/26",
        language="en",
        marked_to="FIN-5",
        days_ago=14,
        body=_p("Compliance of paragraph 3.2 is awaited since June 2026."),
    ),
    "network": Incoming(
        subject="सचिवालय के लोकल एरिया नेटवर्क का उच्चीकरण",
        organisation="राज्य डेटा केन्द्र",
        address="सूचना प्रौद्योगिकी भवन",
        name="विजय कुमार गुसाईं",
        designation="परियोजना प्रबन्धक",
        number="SDC/LAN/2026/19",
        marked_to="ITE-1",
        days_ago=9,
        body=_p("तीन तलों के नेटवर्क स्विच अपनी आयु पूर्ण कर चुके हैं। उच्चीकरण का प्रस्ताव संलग्न है।"),
    ),
    "laptops": Incoming(
        subject="Supply of laptops under the e-office programme",
        organisation="Electronics Development Corporation",
        address="Corporation House, State Capital",
        name="Neha Phukan",
        designation="General Manager",
        number="EDC/LT/230",
        language="en",
        marked_to="ITE-1",
        days_ago=5,
        body=_p("Sixty laptops are ready for delivery. The delivery schedule may please be intimated."),
    ),
    "staff_car": Incoming(
        subject="राजकीय वाहन संख्या 07-4411 की नीलामी की अनुमति",
        organisation="राज्य सम्पत्ति अधिकारी",
        address="सचिवालय उपभवन",
        name="तारा दत्त पाण्डेय",
        designation="राज्य सम्पत्ति अधिकारी",
        number="रा.स./वा./4411",
        marked_to="GAD-1",
        days_ago=13,
        body=_p("वाहन निष्प्रयोज्य घोषित हो चुका है। नीलामी की अनुमति अपेक्षित है।"),
    ),
    "republic_day": Incoming(
        subject="गणतन्त्र दिवस समारोह 2027 की तैयारियों की बैठक",
        organisation="कार्यालय मण्डलायुक्त, सरयू मण्डल",
        address="मण्डलायुक्त कार्यालय, सरयूपुर",
        name="फ़रहत जहाँ",
        designation="अपर आयुक्त",
        number="3301/प्रोटोकॉल/2026",
        delivery="email",
        days_ago=1,
        body=_p("तैयारियों की प्रथम बैठक में विभाग के प्रतिनिधि को नामित करने का कष्ट करें।"),
    ),
}
