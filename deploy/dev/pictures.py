"""The best pictures of the last journey, small, into docs/pictures/: `.venv/bin/python deploy/dev/pictures.py`."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SHOWN = {
    "06-inbox.en": "inbox.en",
    "09-note.hi": "file.hi",
    "15-decision.en.tablet": "decision.en",
    "16-decision.hi.tablet": "decision.hi",
    "17-wrong-pin.hi.tablet": "sign.hi",
    "23-verified.en": "verify.en",
    "02-diarise-filled.hi": "diarise.hi",
    "13-draft-compared.en": "draft.en",
    "24-tampered-places.hi": "tampered.hi",
    "25-history.en": "history.en",
    "46-waiting.hi.tablet": "token.hi",
    "61-list-summary.hi": "list.hi",
    "69-verify-withdrawn.en": "withdrawn.en",
    "70-check-up.en": "check-up.en",
    "41-import-dry-run.en": "import.en",
    "47-desk.en": "desk.en",
    "51-readiness-board.hi": "readiness.hi",
}
WIDTH = 900


def main() -> None:
    target = ROOT / "docs" / "pictures"
    target.mkdir(parents=True, exist_ok=True)
    for source, name in SHOWN.items():
        with Image.open(ROOT / "build" / "journey" / f"{source}.png") as picture:
            height = round(picture.height * min(1.0, WIDTH / picture.width))
            small = picture.convert("RGB").resize((min(WIDTH, picture.width), height), Image.Resampling.LANCZOS)
            small.quantize(128).save(target / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
