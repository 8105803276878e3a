"""Sharma, Sarma and शर्मा sound alike; Sunita and Sunil do not."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eoffice.core.sound import (
    KEY_LIMIT,
    LIKELY,
    POSSIBLE,
    is_initial,
    name_words,
    same_name,
    sound_key,
    sound_keys,
    sound_prefix,
)

# Every word of a line is one name, as people of these states write it.
ALIKE = """
Sharma Sarma शर्मा
Vimla Vimala Bimla विमला बिमला
Chaudhary Choudhury Choudhary Chaudhari Chaudhri Chowdhury चौधरी
Farid Fareed Pharid फ़रीद फरीद
Siddiqui Siddiqi Siddique Siddiquee सिद्दीकी सिद्दिकी
Deshpande देशपांडे देशपाण्डे देशपान्डे
Gupta गुप्ता गुप्त
Lakshmi Laxmi Lakshmee लक्ष्मी
Pokhriyal Pokhrial Pokhariyal पोखरियाल
Singh Sinh सिंह सिंघ
Md Mohd Mohammad Mohammed Muhammad मोहम्मद मुहम्मद मो.
Kr Kumar कुमार
Verma Varma वर्मा
Mukherjee Mukharji मुखर्जी
Banerjee Banarji बनर्जी
Srivastava Srivastav Shrivastava Shrivastav श्रीवास्तव
Yadav Yadava Yadaw यादव
Mishra Misra मिश्रा मिश्र
Jitendra Jitender Jitinder जितेन्द्र जितेंद्र
Surendra Surinder सुरेन्द्र सुरेंद्र
Goyal Goel गोयल
Rai Ray राय
Rao Rav राव
Jaiswal Jayswal जायसवाल जैसवाल
Bhatia Bhatiya भाटिया
Maurya Mauriya मौर्य मौर्या
Pandey Pande पाण्डेय पांडेय पांडे
Tripathi Tripati त्रिपाठी
Dwivedi Dvivedi द्विवेदी
Chaturvedi Chaturwedi चतुर्वेदी
Saxena Saksena सक्सेना
Dixit Dikshit दीक्षित
Qureshi Quraishi कुरैशी क़ुरैशी
Ahmed Ahmad अहमद
Rehman Rahman रहमान
Hussain Husain Hussein हुसैन
Krishna कृष्ण कृष्णा
Gyan Jnan ज्ञान
Pragya Pradnya प्रज्ञा
Chopra चोपड़ा चोपडा
Vijay Vijai Bijay विजय
Bahuguna बहुगुणा
Sinha सिन्हा
Khan खान ख़ान खां
Kushwaha Kushvaha कुशवाहा
Abdullah Abdulla अब्दुल्ला
Meena Mina मीना
Usha Oosha उषा
Phool Phul फूल
Anand आनंद आनन्द
Shukla शुक्ला शुक्ल
Agrawal Agarwal अग्रवाल
Chauhan Chouhan चौहान
Bharti Bharati भारती
Zakir Jakir ज़ाकिर जाकिर
Rajesh राजेश
Suresh सुरेश
Ramesh रमेश
Manoj मनोज
Dobhal डोभाल
Maurya मौर्य
Anita Aneeta अनीता अनिता
Sunita Suneeta सुनीता
Geeta Gita गीता
Rawat रावत
Negi नेगी
Bisht बिष्ट
Joshi Joshee जोशी
Tiwari Tivari तिवारी
Garhwal गढ़वाल
Deepak Dipak दीपक
Pooja Puja पूजा
Neeraj Niraj नीरज
Poonam Punam पूनम
Ashok Asok अशोक
Prakash Parkash प्रकाश
Prasad Parsad Prashad प्रसाद
Harish हरीश हरिश
Wasim Vasim Waseem वसीम
Iqbal Ikbal इकबाल इक़बाल
Aziz Ajij अज़ीज़ अजीज
Fatima Phatima फातिमा फ़ातिमा
Behari Bihari बिहारी
Sanjay Sanjai संजय सञ्जय
Pankaj पंकज पङ्कज
Sandhya Sandya संध्या सन्ध्या
Champa Chanpa चंपा चम्पा
Shiv Shiva शिव
Rathore Rathor राठौर राठौड़
Bose Bos बोस
Mehta मेहता
Naqvi Nakvi नकवी नक़वी
""".strip().splitlines()

# Names of different people that are easily mixed up.
DIFFERENT = """
Sunita Sunil
Ram Rama
राम रमा
Anil Anita
Amit Amita
Amit Anita
Kamal Kamla
Kamal Komal
Kamal Kamil
Jamil Jamal
Amir Amar
Amar Umar
Seema Shyama
Meena Mona
Daya Diya
Maya Meera
Rita Rata
Kiran Karan
Vimal Vimla
Ramesh Suresh
Rakesh Mukesh
Naresh Suresh
Mahesh Mukesh
Dinesh Danish
Rajesh Rakesh
Rajiv Sanjiv
Manoj Manish
Sachin Sachan
Hasan Husain
Salim Salma
Ashok Aashiq
Hari Hira
Manju Manoj
Rohit Rahat
Varun Arun
Singh Sinha
Sharma Verma
Gupta Datta
Ravi Rekha
Ali Alok
Rehan Raman
Mohan Sohan
Geeta Sita
Lata Lalita
Mahmud Muhammad
Nitin Nutan
Yadav Jadhav
Tyagi Tiwari
Negi Joshi
Bisht Bhatt
""".strip().splitlines()

# First names and surnames in common use, one spelling each: how many fall together by their key?
COMMON = """
Aarti Abha Abhay Abhinav Abhishek Aditi Aditya Ajay Akash Akhilesh Akshay Alka Alok Aman Amar Ambika Amin Amir Amit
Amita Amrit Anand Ananya Anil Anita Anjali Anju Ankit Ankita Ankur Anoop Ansari Anshu Anup Anurag Archana Arjun Arpit
Arti Arun Aruna Arvind Asha Ashish Ashok Ashutosh Asif Atul Avinash Ayush Babita Babu Bagh Bala Balram Bansal Basant
Beena Bhagat Bharat Bhavna Bhim Bhola Bhupendra Bina Brijesh Chandan Chandra Chetan Chhaya Dayal Deepa Deepak Deepti
Dev Devi Devendra Dharam Dharmendra Dilip Dinesh Divya Durga Dushyant Ekta Farhan Ganesh Ganga Garima Gaurav Gauri
Gayatri Girish Gopal Govind Gulab Gyan Hari Harish Harsh Hema Hemant Hemlata Himanshu Indra Indu Irfan Ishwar Jagdish
Jai Jamal Jaya Jayanti Jeevan Jitendra Jyoti Kailash Kajal Kalpana Kamal Kamla Kamini Kanchan Kapil Karan Karuna
Kaushal Kavita Kedar Khushi Kiran Kishan Kishor Komal Krishna Kuldeep Kumar Kunal Kusum Lalit Lalita Lakshmi Lata Leela
Madan Madhav Madhu Madhuri Mahendra Mahesh Mala Malti Mamta Manish Manisha Manju Manoj Maya Meena Meera Megha Mohan
Mohit Mohini Mona Mukesh Munni Murli Nagendra Naina Namrata Nand Narayan Narendra Naresh Naveen Neelam Neeraj Neeta Neha
Nidhi Nikhil Nirmal Nirmala Nisha Nitin Nutan Omkar Padma Pallavi Pankaj Parul Pawan Payal Pooja Poonam Prabha Prabhat
Pradeep Prakash Pramod Pranav Prashant Pratap Pratibha Praveen Preeti Prem Priya Punit Pushpa Radha Raghav Rahul Raj
Raja Rajan Rajat Rajeev Rajendra Rajesh Rajni Raju Rakesh Raksha Ram Rama Raman Ramesh Ranjana Ranjeet Rashmi Ratan
Ravi Ravindra Rekha Renu Richa Rita Ritu Rohan Rohit Roshan Rupa Sachin Sadhna Salim Salma Samir Sandeep Sangeeta
Sanjay Sanjeev Santosh Sapna Sarita Saroj Satish Satya Saurabh Savita Seema Shakti Shalini Shankar Shanti Sharad Shashi
Sheela Shiv Shobha Shubham Shweta Shyam Shyama Sita Smita Sneha Sohan Sonal Sonam Sonia Sudha Sudhir Sujata Suman Sumit
Sunil Sunita Suraj Surendra Suresh Sushil Sushila Swati Tara Tarun Trilok Uday Uma Umesh Urmila Usha Vandana Varsha
Varun Vidya Vijay Vikas Vikram Vimal Vimla Vinay Vineet Vinod Vipin Virendra Vishal Vivek Yash Yogesh Yogita Zakir
Zeenat
"""


def test_there_are_enough_examples():
    assert sum(len(line.split()) - 1 for line in ALIKE) >= 80
    assert len(DIFFERENT) >= 40


@pytest.mark.parametrize("line", ALIKE, ids=lambda line: line.split()[0])
def test_spellings_of_one_name_share_a_key(line):
    assert len({sound_key(word) for word in line.split()}) == 1, {word: sound_key(word) for word in line.split()}


@pytest.mark.parametrize("line", DIFFERENT, ids=str)
def test_different_names_keep_different_keys(line):
    one, other = line.split()
    assert sound_key(one) != sound_key(other)
    assert same_name(one, other) < LIKELY


def test_common_names_do_not_collapse():
    keys: dict[str, list[str]] = {}
    for name in COMMON.split():
        keys.setdefault(sound_key(name), []).append(name)
    merged = [names for names in keys.values() if len(names) > 1]
    # Spellings of one name (Arti, Aarti; Anoop, Anup; Beena, Bina) are meant to fall together.
    wrong = [
        pair
        for names in merged
        for pair in combinations(names, 2)
        if pair not in {("Aarti", "Arti"), ("Anoop", "Anup"), ("Beena", "Bina")}
    ]
    assert len(wrong) <= 3, wrong


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Dr. (Smt.) Vimla Sharma", ["vimla", "srma"]),
        ("श्रीमती विमला शर्मा", ["vimla", "srma"]),
        ("डा0 फ़रीद अहमद", ["frid", "ahmd"]),
        ("डॉ. ए. के. सिंह", ["sing"]),
        ("Late Shri Ram Singh", ["rm", "sing"]),
        ("Km. Anita Kumari", ["anita", "kumri"]),
        ("कु. अनीता", ["anita"]),
        ("राजेश कु. शर्मा", ["rjis", "kumr", "srma"]),
        ("Mohan Lal ji", ["muhn", "ll"]),
        ("A.K.SHARMA", ["srma"]),
        ("मो0 आरिफ", ["muhmd", "arif"]),
        ("  ", []),
        ("---", []),
    ],
)
def test_titles_and_initials_are_left_out(text, keys):
    assert sound_keys(text) == keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rajesh Kumar", "राजेश कुमार"),
        ("A. K. Sharma", "Ashok Kumar Sharma"),
        ("ए. के. शर्मा", "Ashok Kumar Sharma"),
        ("एस. के. सिंह", "Suresh Kr Singh"),
        ("Sharma Rajesh", "राजेश शर्मा"),
        ("Md Arif Khan", "मोहम्मद आरिफ़ ख़ान"),
        ("Ramprasad Yadav", "राम प्रसाद यादव"),
        ("Vimla Sharma", "बिमला शर्मा"),
        ("Dr. Anita Rawat", "अनीता रावत"),
        ("FARID AHMED", "फरीद अहमद"),
    ],
)
def test_one_person_is_known_across_scripts(one, other):
    assert same_name(one, other) >= LIKELY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rajesh Sharma", "Rajesh Verma"),
        ("Rajesh Kumar", "Rajesh Singh"),
        ("Rakesh Kumar", "मुकेश कुमार"),
        ("Ramesh Chandra", "सुरेश चन्द्र"),
        ("Dinesh Singh Rawat", "Dinesh Singh Bisht"),
        ("Sunita Devi", "Sunil Devi"),
        ("Kumar", "Singh"),
        ("", "Rajesh"),
        ("A. K.", "Ashok Kumar"),
    ],
)
def test_two_people_stay_two(one, other):
    assert same_name(one, other) < POSSIBLE


# What the module names as not holding: a letter broken in two, a silent e.
_BREAKS = {"p", "c", "j", "k", "i", "a", "e", "o", "u", "q", "x", "n", "d", "y"}


def test_starts_of_words_find_them_while_one_types():
    found = missed = 0
    for line in ALIKE:
        for word in line.split():
            if not word.isascii() or sound_key(word) in {"muhmd", "kumr"}:
                continue
            for length in range(1, len(word) + 1):
                if sound_key(word).startswith(sound_prefix(word[:length])):
                    found += 1
                else:
                    missed += 1
                    assert length < len(word), word
                    assert word[length - 1].lower() in _BREAKS, (word, word[:length])
    assert missed / (found + missed) < 0.06


@given(st.text(max_size=40))
def test_any_text_has_a_key(text):
    key = sound_key(text)
    assert len(key) <= KEY_LIMIT
    assert sound_key(text) == key
    assert all(sound_keys(text)) or not sound_keys(text)
    assert 0 <= same_name(text, "Rajesh Kumar") <= 1


@given(st.text(alphabet="अआइकखगमरलसतशी्ाेंह ़", max_size=20), st.text(alphabet="abcdehimnrstvy .", max_size=20))
def test_likeness_is_the_same_from_both_sides(hindi, english):
    assert same_name(hindi, english) == pytest.approx(same_name(english, hindi))


@given(st.lists(st.sampled_from([word for line in ALIKE for word in line.split()]), min_size=1, max_size=4))
def test_a_name_is_like_itself_in_any_order(words):
    if any(not is_initial(word) for words_ in [name_words(" ".join(words))] for word in words_):
        assert same_name(" ".join(words), " ".join(reversed(words))) >= 0.99
