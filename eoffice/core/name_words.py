"""Words of names as offices of the Hindi belt write them; behind a colon the roman spelling where the rule errs.

They are common words, nobody's name. `translit` goes by them first, `krutidev` judges by their letters. A word more
here is all that is needed to teach the program a spelling; of several that sound alike the first is preferred.
"""

from __future__ import annotations

_FIRST = """
अंकित अंकिता अंकुर अंजना अंजलि अंजुम:Anjum अंशु अकबर अक्षय अखिलेश अखिल अख्तर:Akhtar अजय अजीत:Ajit
अतुल अनंत अनामिका अनिल अनीता:Anita अनुज अनुपम अनुराग अनुराधा अनूप:Anoop अन्नपूर्णा अब्दुल:Abdul अभय
अभिनव अभिषेक अमन अमर अमरेन्द्र:Amarendra अमित अमिता अमीर:Amir अमृत:Amrit अरविन्द:Arvind अरुण अरुणा
अर्चना अर्जुन अर्पित अलका अली अलोक अवधेश:Awadhesh अविनाश अशरफ:Ashraf अशोक अश्वनी:Ashwani असगर:Asghar
अहमद:Ahmad आकाश आदित्य:Aditya आनन्द:Anand आनंद आफताब:Aftab आबिद:Abid आभा आमिर:Aamir आयुष आरती:Aarti
आरिफ:Arif आलम:Alam आलोक आशा आशीष:Ashish आशुतोष आसिफ:Asif आसमा:Asma इंदिरा:Indira इंदु:Indu
इंद्र:Indra इकबाल:Iqbal इमरान:Imran इरफान:Irfan इस्माईल:Ismail ईश्वर:Ishwar उत्तम:Uttam उदय उपेन्द्र
उमर उमा उमेश उर्मिला उषा:Usha ऋचा:Richa ऋतु:Ritu ऋषभ:Rishabh ऋषि:Rishi एकता:Ekta ओम:Om
ओमप्रकाश:Omprakash कंचन कनक कन्हैया:Kanhaiya कपिल कमल कमला कमलेश कमाल करन करुणा:Karuna कल्पना कविता
कांता:Kanta कांति:Kanti कादिर:Qadir कामिनी कालीचरण:Kalicharan किरन किरण:Kiran किशन किशोर
कीर्ति:Kirti कुंदन:Kundan कुणाल कुमार कुमारी कुलदीप:Kuldeep कुसुम कृपा:Kripa कृष्ण कृष्णा केदार केशव
कैलाश:Kailash कोमल कौशल कौशल्या:Kaushalya कौसर:Kausar क्षमा:Kshama खातून:Khatoon खुर्शीद:Khurshid
खुशबू:Khushboo गंगा गजेन्द्र गणेश गरिमा गायत्री:Gayatri गिरधारी:Girdhari गिरिजा:Girija गिरीश:Girish
गीता:Geeta गुलाब गुलाम:Ghulam गोपाल गोपी गोविन्द:Govind गौतम:Gautam गौरव गौरी घनश्याम:Ghanshyam चंदन
चंदा:Chanda चंद्र चन्द्र चन्द्रा चंद:Chand चन्द:Chand चन्द्रकला:Chandrakala
चन्द्रशेखर:Chandrashekhar चरण:Charan चेतन छाया:Chhaya छोटेलाल:Chhotelal जगत:Jagat जगदीश:Jagdish
जगन्नाथ:Jagannath जमाल:Jamal जमील:Jameel जय:Jai जयंती:Jayanti जयप्रकाश:Jaiprakash जया जसवंत:Jaswant
जहीर:Zaheer ज़हीर:Zaheer जाकिर:Zakir जावेद:Javed जितेन्द्र जितेंद्र जीवन:Jeevan ज्ञान
ज्ञानेन्द्र:Gyanendra ज्योति:Jyoti ज्योत्सना:Jyotsna तनवीर:Tanveer तरुण तारा तुलसी:Tulsi तेज तेजपाल
त्रिलोक दयाल दयानन्द:Dayanand दयाशंकर:Dayashankar दलजीत:Daljeet दलीप दामोदर दिनेश दिलीप:Dilip
दिव्या:Divya दीनदयाल:Deendayal दीपक:Deepak दीपा:Deepa दीपाली:Deepali दीपिका:Deepika दीप्ति:Deepti
दुर्गा:Durga दुर्गेश देव देवकी देवी देवेन्द्र देवेंद्र द्वारिका:Dwarika धर्म धर्मपाल:Dharampal
धर्मवीर:Dharamveer धर्मेन्द्र धीरज:Dheeraj धीरेन्द्र:Dhirendra नंद:Nand नंदिनी:Nandini
नंदलाल:Nandlal नगमा:Nagma नदीम:Nadeem नन्द:Nand नफीस:Nafees नम्रता:Namrata नरेन्द्र नरेंद्र नरेश
नवनीत:Navneet नवल नवीन:Naveen नसरीन:Nasreen नसीम:Naseem नाजिया:Nazia नाथ नारायण निखिल निधि निर्मल
निर्मला निशा निशांत:Nishant नीतू:Neetu नीना:Neena नीरज:Neeraj नीलम:Neelam नीलिमा:Neelima
नीलेश:Nilesh नीता:Neeta नूतन:Nutan नूर:Noor नेहा पंकज पदम:Padam पद्मा:Padma पन्ना:Panna
परमानन्द:Parmanand परवेज:Parvez परवीन:Parveen पल्लवी:Pallavi पवन:Pawan पायल पारुल पार्वती:Parvati
पुनीत:Puneet पुरुषोत्तम:Purushottam पुष्पा:Pushpa पुष्पेन्द्र:Pushpendra पूजा:Pooja पूनम:Poonam
पूरन:Puran प्यारेलाल:Pyarelal प्रकाश प्रताप प्रतिभा प्रतिमा प्रदीप:Pradeep प्रबोध प्रभा प्रभात
प्रमिला प्रमोद प्रवीण:Praveen प्रशांत:Prashant प्रसाद प्रिया:Priya प्रियंका:Priyanka प्रीति:Preeti
प्रेम प्रेमलता:Premlata फरहान:Farhan फरीद:Farid फ़रीद:Farid फातिमा:Fatima फारूक:Farooq फिरोज:Firoz
फूल:Phool फैजान:Faizan फैसल:Faisal बनवारी:Banwari बबलू:Bablu बबीता:Babita बलराम बलवंत:Balwant
बलवीर:Balveer बसंत:Basant बहादुर बाबू:Babu बाबूलाल:Babulal बाल बालकृष्ण:Balkrishna बाला बिन्दु:Bindu
बिमला बीना:Beena बृजेश:Brijesh बृजमोहन:Brijmohan बेगम:Begum ब्रजेश:Brajesh ब्रह्म:Brahm भगत भगवत
भगवती:Bhagwati भगवान:Bhagwan भरत भवानी:Bhawani भागीरथ:Bhagirath भानु:Bhanu भारत भावना:Bhavna
भीम:Bhim भूपेन्द्र:Bhupendra भूषण:Bhushan भोला मंजीत:Manjeet मंजू:Manju मंजुला:Manjula मदन मधु
मधुबाला:Madhubala मधुर मनमोहन मनीष:Manish मनीषा:Manisha मनोज मनोरमा:Manorama मनोहर ममता:Mamta
मयंक:Mayank महफूज:Mahfooz महमूद:Mahmood महावीर:Mahavir महिमा महेन्द्र महेंद्र महेश माधव:Madhav
माधुरी:Madhuri माया मालती:Malti मीना:Meena मीनाक्षी:Meenakshi मीनू:Meenu मीरा:Meera मुकुल मुकेश
मुन्ना:Munna मुन्नी:Munni मुबारक मुरली मुराद मुस्तफा:Mustafa मूलचंद:Moolchand मेघा:Megha मेहर:Mehar
मोती:Moti मोना मोहन मोहम्मद:Mohammad मुहम्मद:Mohammad मोहिनी मोहित यश:Yash यशपाल:Yashpal
यशवंत:Yashwant यूनुस:Yunus यूसुफ:Yusuf योगिता योगेन्द्र योगेश रंजन रंजना रंजीत:Ranjeet रईस:Rais
रघुनाथ रघुवीर:Raghuveer रजत रजनी:Rajni रजनीश:Rajnish रजिया:Razia रणजीत:Ranjeet रणवीर:Ranveer रतन रमन
रमा रमाकांत:Ramakant रमेश रवि रविन्द्र:Ravindra रविंद्र:Ravindra रवीन्द्र:Ravindra रश्मि:Rashmi
रशीद:Rasheed रहमान:Rahman रहीम:Rahim राकेश राखी राघव राज राजकुमार राजकुमारी राजन राजपाल राजा
राजीव:Rajeev राजू राजेन्द्र राजेंद्र राजेश राजेश्वर:Rajeshwar राधा राधेश्याम:Radheshyam रानी राम
रामकिशोर रामकुमार रामपाल रामप्रसाद:Ramprasad रामस्वरूप:Ramswaroop रामलाल राहुल रिंकू:Rinku रिचा
रिजवान:Rizwan रियाज:Riyaz रीता:Rita रीना:Reena रुखसाना:Rukhsana रूप:Roop रूपा:Rupa रूपेश:Rupesh रेखा
रेनू:Renu रेणु:Renu रेशमा रोशन रोहन रोहित रोहिताश लक्ष्मण:Laxman लक्ष्मी:Lakshmi लखन लता लल्लन ललित
ललिता:Lalita लाल लीला:Leela लोकेन्द्र लोकेश वंदना:Vandana वन्दना:Vandana वसीम:Waseem वर्षा वरुण
वासुदेव विकास विक्रम विजय विजयलक्ष्मी:Vijaylakshmi विद्या विनय विनीत:Vineet विनीता:Vineeta विनोद
विपिन विमल विमला विमलेश विवेक विशाल विश्वनाथ:Vishwanath विष्णु:Vishnu वीणा:Veena वीर
वीरेन्द्र:Virendra वीरेंद्र:Virendra वेद शंकर शंभू:Shambhu शकील:Shakeel शकुंतला:Shakuntala
शबाना:Shabana शबनम:Shabnam शमशाद शमीम:Shamim शरद शशांक:Shashank शशि शहनाज:Shahnaz शांति:Shanti
शान्ति:Shanti शारदा शालिनी शाहिद:Shahid शिखा शिव शिवकुमार शिवम:Shivam शिवानी शिवराज शीला:Sheela
शीतल:Sheetal शुभम:Shubham शेखर शैलेन्द्र शैलेश शोभा श्याम श्यामा श्रद्धा:Shraddha श्रवण:Shravan
श्रीकांत:Shrikant श्रीराम:Shriram श्वेता:Shweta संगीता:Sangeeta संजय संजीव:Sanjeev संजू:Sanju
संतराम:Santram संतोष:Santosh संदीप:Sandeep संध्या सचिन सतीश:Satish सतेन्द्र सत्य
सत्यनारायण:Satyanarayan सत्यपाल सत्येन्द्र सन्तोष:Santosh सपना:Sapna समीर:Sameer सरफराज:Sarfaraz
सरला:Sarla सरस्वती:Saraswati सरिता सरोज सरोजनी:Sarojini सलमान सलीम:Salim सविता साधना:Sadhna साबिर
साहिल सितारा सीता:Sita सीताराम:Sitaram सीमा:Seema सुखदेव सुखवीर:Sukhveer सुजाता सुदर्शन सुधा सुधाकर
सुधीर:Sudhir सुनीता:Sunita सुनील:Sunil सुभाष:Subhash सुभद्रा सुमन सुमित सुमित्रा सुरजीत:Surjeet
सुरभि:Surabhi सुरेन्द्र सुरेंद्र सुरेश सुलोचना:Sulochana सुशील:Sushil सुशीला:Sushila सुषमा:Sushma
सूरज:Suraj सोनम सोनिया:Sonia सोनी सोनू सोमनाथ सोहन सौरभ:Saurabh स्नेहलता:Snehlata स्नेहा:Sneha
स्मिता:Smita स्वाति:Swati हंसराज:Hansraj हनुमान:Hanuman हबीब:Habeeb हमीद:Hameed हरदेव हरि
हरिओम:Hariom हरिश्चन्द्र:Harishchandra हरीश:Harish हर्ष हसन हाशिम:Hashim हिना:Hina हिमांशु:Himanshu
हीरा हीरालाल:Heeralal हुकुम हुसैन:Husain हेमंत:Hemant हेमलता:Hemlata हेमा
"""

_LAST = """
अंसारी अग्निहोत्री अग्रवाल:Agrawal अवस्थी:Awasthi अस्थाना:Asthana आजमी:Azmi आजाद:Azad आर्य:Arya
अरोड़ा:Arora अरोरा:Arora उनियाल:Uniyal उपाध्याय उप्रेती:Upreti ओझा कंडारी कटारिया:Kataria
कठेरिया:Katheria कनौजिया:Kanaujia कपूर:Kapoor कश्यप:Kashyap काजमी:Kazmi कुकरेती:Kukreti
कुरैशी:Qureshi कुशवाहा कोठारी:Kothari कौर:Kaur कौशिक:Kaushik खंडूड़ी:Khanduri खत्री:Khatri
खन्ना:Khanna खरे:Khare खान:Khan ख़ान:Khan खां:Khan गंगवार:Gangwar गर्ग गहलोत:Gehlot गिरि:Giri गुप्ता
गुर्जर गुसाईं:Gusain गोयल गोस्वामी:Goswami गौड़:Gaur गौर:Gaur घोष:Ghosh चंदेल चटर्जी:Chatterjee
चतुर्वेदी चमोली चावला:Chawla चौधरी:Chaudhary चौबे चौरसिया:Chaurasia चौहान चोपड़ा:Chopra जाटव:Jatav
जादौन जाखड़:Jakhar जायसवाल:Jaiswal जैदी:Zaidi जैन:Jain जैसवाल:Jaiswal जोशी:Joshi झा:Jha टम्टा:Tamta
टोप्पो:Toppo ठाकुर:Thakur डबराल:Dabral डोभाल तंवर:Tanwar तिवारी:Tiwari त्यागी:Tyagi
त्रिपाठी:Tripathi थपलियाल:Thapliyal दत्त:Dutt दत्ता:Dutta दास दीक्षित:Dixit दुबे:Dubey देवड़ा
देवांगन देशपांडे:Deshpande देसवाल द्विवेदी:Dwivedi धाकड़:Dhakad धीमान:Dhiman नकवी:Naqvi नागर नायक
नेगी:Negi नौटियाल:Nautiyal पंत:Pant पंवार:Panwar पटेल:Patel पटवाल पन्त:Pant परमार परिहार
पांडे:Pandey पांडेय:Pandey पाण्डेय:Pandey पाल पाठक पाराशर पासवान:Paswan पुरी:Puri पुरोहित
पोखरियाल:Pokhriyal प्रजापति:Prajapati प्रधान फर्त्याल बंसल बघेल बडोला:Badola बडोनी:Badoni
बर्मन:Barman बलूनी:Baluni बसु:Basu बहुगुणा:Bahuguna बाजपेयी:Bajpai बागड़ी बाल्मीकि:Balmiki
बिष्ट:Bisht बैरवा:Bairwa बोस:Bose भंडारी:Bhandari भट्ट:Bhatt भट्टाचार्य:Bhattacharya
भदौरिया:Bhadauria भाटिया:Bhatia भाटी:Bhati भारती:Bharti भारद्वाज:Bhardwaj भार्गव:Bhargava
मंडल:Mandal मलिक मल्होत्रा:Malhotra मसीह:Masih महतो:Mahato माथुर:Mathur मिश्रा मिश्र मीणा:Meena
मुंडा:Munda मुखर्जी:Mukherjee मेघवाल:Meghwal मेहता:Mehta मेहरा:Mehra मैठाणी:Maithani मौर्य:Maurya
मौर्या:Maurya यादव:Yadav रस्तोगी:Rastogi राजपूत:Rajput राजवंशी:Rajvanshi राजोरिया:Rajoria राठी:Rathi
राठौड़:Rathore राठौर:Rathore राणा:Rana राय:Rai राव:Rao रावत:Rawat रिजवी:Rizvi रैना:Raina
लखेड़ा:Lakhera लोधी:Lodhi वर्मा:Verma वशिष्ठ:Vashishtha वाजपेयी:Vajpayee वार्ष्णेय:Varshney
वाल्मीकि:Valmiki विश्वकर्मा:Vishwakarma व्यास:Vyas शर्मा शाक्य:Shakya शास्त्री:Shastri शाह:Shah
शुक्ल:Shukla शुक्ला शेखावत:Shekhawat शेख:Sheikh श्रीवास्तव:Srivastava सक्सेना:Saxena सचान:Sachan
सहगल:Sehgal सागर साहनी साहू:Sahu सिंघल:Singhal सिंह:Singh सिकरवार:Sikarwar सिद्दीकी:Siddiqui
सिन्हा:Sinha सिसोदिया:Sisodia सेन सेमवाल:Semwal सैनी:Saini सैयद:Syed सोनकर सोलंकी:Solanki
स्वामी:Swami हाशमी:Hashmi
"""

_TITLES = """डॉ:Dr डा:Dr श्री:Shri श्रीमती:Smt सुश्री:Ms कु:Km मो:Md मु:Md स्व:Late"""


def pairs() -> list[tuple[str, str]]:
    """(Devanagari, roman or empty when the rule writes it right)."""
    entries = f"{_FIRST} {_LAST} {_TITLES}".split()
    return [(hindi, roman) for hindi, _colon, roman in (entry.partition(":") for entry in entries)]
