from employee_master.models import Designation, Office, Post, PostMarking, Sanction
from eoffice.demo import places, seed


def test_offices_have_a_place_and_strength_and_adding_again_changes_nothing(db: None) -> None:
    seed.seed_organisation()
    for _each in range(2):
        places.seed_places()
        hostel = Office.objects.get(kind="hostel")
        assert (hostel.parent, hostel.area) == (Office.objects.get(code="DSE"), "rural")
        assert not Office.objects.filter(latitude=None).exists()
        assert not Designation.objects.filter(abbreviation="").exists()
        assert PostMarking.objects.count() == Post.objects.count()
        assert Sanction.objects.count() == len(places.STRENGTHS)


def test_what_somebody_has_entered_is_left(db: None) -> None:
    seed.seed_organisation()
    places.seed_places()
    Office.objects.filter(code="GAD").update(place_en="Elsewhere")
    places.seed_places()
    assert Office.objects.get(code="GAD").place_en == "Elsewhere"
