import shutil
from playwright.sync_api import sync_playwright
from tests.cast import build_cast, PASSWORD
from files.services.file import file_open, file_forward

def test_shot(live_server, transactional_db):
    people = build_cast()
    a = people.actor("dealing_assistant")
    f = file_open(subject="Repair", free_number="X/1", actor=a)
    with sync_playwright() as p:
        b = p.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox","--disable-gpu"])
        sent = False
        for lang, size in (("en", (1280, 800)), ("hi", (820, 1100))):
            c = b.new_context(viewport={"width": size[0], "height": size[1]})
            c.add_cookies([{"name": "django_language", "value": lang, "url": live_server.url}])
            pg = c.new_page()
            pg.goto(live_server.url + "/sign-in/")
            pg.fill("[name=email]", people.account("dealing_assistant").email); pg.fill("[name=password]", PASSWORD)
            pg.press("[name=password]", "Enter"); pg.wait_for_load_state()
            pg.goto(f"{live_server.url}/files/{f.pk}/forward/")
            pg.wait_for_load_state()
            if not sent:
                file_forward(file_id=f.pk, to_post_id=people.post("section_officer").pk, actor=a); sent = True
            pg.evaluate("""([t, u]) => { const f = document.createElement('form'); f.method='post'; f.action=u;
              f.append(document.querySelector('[name=csrfmiddlewaretoken]').cloneNode()); document.body.append(f);
              for (const [n,v] of [['to',t],['note','अवलोकनार्थ प्रस्तुत। The estimate is at p. 3.'],['version','0']]) {const i=document.createElement('input'); i.name=n; i.value=v; f.append(i);} f.submit(); }""", [str(people.post("under_secretary").pk), f"/files/{f.pk}/forward/"])
            pg.wait_for_timeout(1500)
            pg.screenshot(path=f"/tmp/kept-{lang}.png")
        b.close()
