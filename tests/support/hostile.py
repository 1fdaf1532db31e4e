"""Texts that try to be more than text: scripts, links, images, layout, direction. Written for these tests.

Each is what a model, a person or an import might hold. On a page it must be words and nothing else.
"""

from itertools import product

_SCRIPTS = [
    "<script>window.__hit=1</script>", "<script src=/read/worker.js></script>", "<ScRiPt>window.__hit=1</sCrIpT>",
    "</script><script>window.__hit=1</script>", "<script type=module>window.__hit=1</script>",
    "<svg><script>window.__hit=1</script></svg>", "<svg onload=window.__hit=1>", "<body onload=window.__hit=1>",
    "<img src=x onerror=window.__hit=1>", "<img src=x oNeRrOr=window.__hit=1>", "<video><source onerror=window.__hit=1>",
    "<details open ontoggle=window.__hit=1>x</details>", "<input autofocus onfocus=window.__hit=1>",
    "<select autofocus onfocus=window.__hit=1>", "<textarea autofocus onfocus=window.__hit=1>",
    "<marquee onstart=window.__hit=1>x</marquee>", "<iframe srcdoc='<script>parent.__hit=1</script>'></iframe>",
    "<iframe src=javascript:parent.__hit=1></iframe>", "<object data=javascript:window.__hit=1></object>",
    "<embed src=javascript:window.__hit=1>", "<math><mtext><script>window.__hit=1</script></mtext></math>",
    "<template><script>window.__hit=1</script></template>", "<noscript><script>window.__hit=1</script></noscript>",
    "<a href=javascript:window.__hit=1 autofocus>x</a>", "<form action=javascript:window.__hit=1><button>x</button></form>",
    "\"><script>window.__hit=1</script>", "' onmouseover=window.__hit=1 x='", "`-window.__hit=1-`",
    "{{ constructor.constructor('window.__hit=1')() }}", "${window.__hit=1}", "{% load static %}{{ settings.SECRET_KEY }}",
    "<%= window.__hit=1 %>", "<!--<script>window.__hit=1</script>-->", "<![CDATA[<script>window.__hit=1</script>]]>",
    "\\u003cscript\\u003ewindow.__hit=1\\u003c/script\\u003e", "&lt;script&gt;window.__hit=1&lt;/script&gt;",
]  # fmt: skip
_MARKDOWN = [
    "[click](javascript:window.__hit=1)", "[click](data:text/html,<script>window.__hit=1</script>)",
    "[click](https://evil.invalid/)", "![x](https://evil.invalid/x.png)", "![x](x \"onerror=window.__hit=1\")",
    "<https://evil.invalid/>", "https://evil.invalid/", "[a]: javascript:window.__hit=1\n\n[a]", "[![x](x)](javascript:x)",
    "`<script>window.__hit=1</script>`", "```html\n<script>window.__hit=1</script>\n```", "| a | <img src=x onerror=window.__hit=1> |\n|---|---|",
    "> <svg onload=window.__hit=1>", "# <img src=x onerror=window.__hit=1>", "1. [x](vbscript:x)", "[x](  JaVaScRiPt:window.__hit=1)",
]  # fmt: skip
_FETCHES = [
    "<img src=https://evil.invalid/i.png>", "<link rel=stylesheet href=https://evil.invalid/s.css>",
    "<style>@import url(https://evil.invalid/s.css)</style>", "<div style='background:url(https://evil.invalid/b)'>x</div>",
    "<meta http-equiv=refresh content='0;url=https://evil.invalid/'>", "<base href=https://evil.invalid/>",
    "<video poster=https://evil.invalid/p.png></video>", "<audio src=https://evil.invalid/a autoplay></audio>",
    "<picture><source srcset=https://evil.invalid/s></picture>", "<input type=image src=https://evil.invalid/i>",
    "<iframe src=https://evil.invalid/></iframe>", "<object data=https://evil.invalid/o></object>",
    "<svg><image href=https://evil.invalid/v /></svg>", "<svg><use href=https://evil.invalid/u#x /></svg>",
]  # fmt: skip
_LAYOUT = [
    "</p></div></section></main><h1>Study closed</h1>", "</textarea></form><form action=/admin/><button>Save</button>",
    "</template></dialog><div id=judging>", "<div class='save-bar'>", "<h1 id=item-title>Another title</h1>",
    "<div style='position:fixed;inset:0;z-index:99'>covered</div>", "<style>*{display:none}</style>",
    "<plaintext>", "<xmp>", "<title>x</title>", "<dialog open>Sign in: <input name=password></dialog>",
    "x" * 3_000, "W" * 400 + " " + "i" * 400, "\n" * 60 + "far below", " " * 500 + "far right", "\t" * 100 + "tabs",
    "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308" * 40, "Z̸̡̛͔͈̯͎̱̤̮̗͚͚̦͕̠̲̞̈́͌̓̾̃͒" * 6, "\u200b" * 300 + "hidden",
]  # fmt: skip
_DIRECTION = [
    f"before {mark}after{close}" for mark, close in product("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200f\u061c", ["", "\u202c"])
] + ["\u202eevas dna no og", "مرحبا <script>window.__hit=1</script>", "שלום \u202e(1) \u2066x\u2069"]  # fmt: skip
_BYTES = [
    "\ufeffbom",
    "\u2028line\u2029paragraph",
    "\x0bvt\x0cff",
    "\x1b[31mred\x1b[0m",
    "\x7f\x80\x9f",
    "\uffff\ufffe",
    "😀‍🔥🏳️‍🌈",
]

HOSTILE = [*_SCRIPTS, *_MARKDOWN, *_FETCHES, *_LAYOUT, *_DIRECTION, *_BYTES]


def is_inert(page) -> dict:
    """What would show that a text did something: all of it must be empty, false or 0."""
    return page.evaluate(
        """() => ({
            hit: Boolean(window.__hit),
            elements: [...document.querySelectorAll(".reading")].flatMap((text) => [...text.querySelectorAll(
                "script, style, link, meta, base, img, svg, iframe, object, embed, form, input, button, a, video, audio, dialog, template, math"
            )]).map((found) => found.outerHTML),
            attributes: [...document.querySelectorAll(".reading *")].flatMap((found) => [...found.attributes]).map((one) => one.name)
                .filter((name) => name.startsWith("on") || ["style", "src", "href", "srcset", "class", "id", "name"].includes(name)),
            titles: document.querySelectorAll("h1").length - 1,
            escaped: document.body.innerText.includes("Study closed") && ![...document.querySelectorAll(".reading")]
                .some((text) => text.innerText.includes("Study closed")),
            sideways: Math.max(0, document.documentElement.scrollWidth - innerWidth),
        })"""
    )


INERT = {"hit": False, "elements": [], "attributes": [], "titles": 0, "escaped": False, "sideways": 0}
