"""The scripts' own parts, run in the browser they are for; and the one file they come in."""

import re
from pathlib import Path

import pytest

from annotate.views.judging import scripts

FOLDER = scripts.FOLDER


@pytest.fixture
def page(open_page, live):
    page = open_page()
    page.goto("/help/")
    return page


def run(page, module: str, body: str):
    """Call a module of ours as the site serves it; `body` sees its exports as `it`."""
    return page.evaluate(f"async () => {{ const it = await import('/static/js/{module}.js'); {body} }}")


def test_places_are_code_points_and_words_keep_their_blocks(page):
    page.evaluate(
        """() => {
            const text = document.createElement("div");
            text.className = "reading plain";
            text.dataset.response = "r";
            const pane = document.createElement("div");
            pane.className = "text-pane";
            for (const [start, words] of [[0, "One 👩‍👧 here. Two."], [25, "e\\u0301 three? Four!"]]) {
                const block = document.createElement("p");
                block.dataset.start = start;
                block.textContent = words;
                text.append(block);
            }
            pane.append(text);
            document.body.append(pane);
        }"""
    )
    sentences = run(page, "judging_places", "return it.parts('sentence').map((one) => it.rangeIn(one).toString());")
    span = run(page, "judging_places", "return it.spanOfRange(it.rangeIn(it.parts('sentence')[1])).span;")
    quote = run(page, "judging_places", "return it.quoteOf({response: 'r', start: 4, end: 7});")

    assert sentences == ["One 👩‍👧 here.", "Two.", "e\u0301 three?", "Four!"]
    assert span == [len("One 👩‍👧 here. "), len("One 👩‍👧 here. Two.")]
    assert quote == "👩‍👧"


def test_the_device_keeps_rows_and_lets_go_of_them(page):
    kept = run(
        page, "judging_device",
        """await it.put("outbox", {person: "a", body: "é"}); await it.put("outbox", {person: "b", body: ""});
           const rows = await it.all("outbox"); await it.remove("outbox", rows[0].number);
           return [rows.map((row) => row.body), (await it.all("outbox")).length];""",
    )  # fmt: skip

    assert kept == [["é", ""], 1]


def test_an_identifier_is_made_where_the_browser_offers_none(page):
    made = run(page, "judging_words", "crypto.randomUUID = undefined; return [it.freshKey(), it.freshKey()];")

    assert all(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", key) for key in made
    )
    assert made[0] != made[1]


def test_all_modules_come_in_one_file_in_the_order_they_are_needed():
    whole = scripts.bundle()
    places = {name: whole.index(f"const {name}_ =") for name in re.findall(r"^const (\w+)_ = \(\(\) =>", whole, re.M)}

    modules = {path.stem for path in Path(FOLDER).glob("judging*.js")} - {"judging_worker"} | {"beats"}
    assert set(places) == modules
    for name in modules:
        for imported in re.findall(r'from "\./(\w+)\.js"', (FOLDER / f"{name}.js").read_text()):
            assert places[imported] < places[name], f"{name} needs {imported}"
    assert not re.search(r"^(import|export) ", whole, re.M)


def test_an_old_address_of_the_file_is_not_there(client, db):
    assert client.get("/read/judging-0000000000000000.js").status_code == 404
    current = client.get(scripts.script_address(), headers={"accept-encoding": "gzip"})
    assert current["Cache-Control"] == "public, max-age=31536000, immutable"
    assert current["Content-Encoding"] == "gzip"
