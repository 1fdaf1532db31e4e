"""How a person likes to read, and which keys they use: remembered on the account, part of the instrument."""

import json
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SIZES = ["1", "2", "3", "4", "5"]
CHOICES: dict[str, list[tuple[str, str | Promise]]] = {
    "size": [("1", _("Small")), ("2", _("Smaller")), ("3", _("Usual")), ("4", _("Larger")), ("5", _("Largest"))],
    "face": [("serif", _("With serifs")), ("sans", _("Without serifs"))],
    "column": [("narrow", _("Narrow")), ("wide", _("Wide"))],
    "spacing": [("close", _("Close")), ("usual", _("Usual")), ("open", _("Open"))],
    "theme": [("device", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
}
SWITCHES = {"shortcuts": True, "move_on": False, "enter_saves": False}
ACTIONS: dict[str, tuple[str, str | Promise]] = {
    "next": ("j", _("next question")),
    "previous": ("k", _("the question before")),
    "range": ("r", _("a range, then two digits")),
    "both": ("b", _("both ways, then two digits")),
    "none": ("x", _("not this, then 1 to 4")),
    "clear": ("c", _("clear this question")),
    "describe": ("d", _("what is meant by this question")),
    "mark": ("m", _("mark a passage")),
    "why": ("w", _("write why")),
    "across": ("t", _("between the text and the questions")),
    "undo": ("z", _("take back the last change")),
    "pause": ("p", _("pause")),
    "before": ("[", _("the item before")),
    "after": ("]", _("the next item")),
}
"""What single keys do: the key as it comes, and the words for it."""

DEFAULTS: dict[str, Any] = {
    "size": "3", "face": "serif", "column": "narrow", "spacing": "usual", "theme": "device", **SWITCHES, "keys": {},
}  # fmt: skip


def settings_of(user) -> dict[str, Any]:
    """Everything as it stands for this person; `keys` whole."""
    own = getattr(user, "reader_settings", None) or {}
    return DEFAULTS | own | {"keys": keys_of(own)}


def keys_of(own: dict[str, Any]) -> dict[str, str]:
    return {name: own.get("keys", {}).get(name, key) for name, (key, _words) in ACTIONS.items()}


def attributes(user) -> dict[str, str]:
    """What the page's root element carries, so that a style sheet can do the rest."""
    own = getattr(user, "reader_settings", None) or {}
    shown = {name: own[name] for name in CHOICES if own.get(name, DEFAULTS[name]) != DEFAULTS[name]}
    return {f"data-{name}": value for name, value in shown.items()}


class ReaderForm(forms.Form):
    """The settings that were sent, over those that stand: a form may hold some of them only."""

    def __init__(self, standing: dict[str, Any], data=None):
        super().__init__(data)
        self.standing = standing
        for name, choices in CHOICES.items():
            self.fields[name] = forms.ChoiceField(choices=choices, required=False)
        for name in ACTIONS:
            self.fields[f"key_{name}"] = forms.CharField(max_length=1, required=False, strip=False)

    def clean(self):
        cleaned = super().clean()
        taken: dict[str, str] = {}
        for name, (_key, _words) in ACTIONS.items():
            key = (cleaned.get(f"key_{name}") or self.standing["keys"][name]).lower()
            if key.isdigit() or key.isspace() or key == "?" or not key.isprintable():
                self.add_error(f"key_{name}", _("Digits, spaces and ? are in use: choose another key."))
            elif key in taken:
                clash = _("“%(key)s” is taken already: %(words)s.") % {"key": key, "words": ACTIONS[taken[key]][1]}
                self.add_error(f"key_{name}", clash)
            taken.setdefault(key, name)
        return cleaned

    def settings(self) -> dict[str, Any]:
        """What is to be remembered: only what differs from the house."""
        said = dict(self.standing)
        for name in CHOICES:
            said[name] = self.cleaned_data[name] or said[name]
        for name in SWITCHES:
            # A box that is not ticked is not sent; its companion says that it was on the page.
            if f"has_{name}" in self.data:
                said[name] = self.data.get(name) in {"1", "on"}
        keys = {name: (self.cleaned_data[f"key_{name}"] or said["keys"][name]).lower() for name in ACTIONS}
        own = {name: said[name] for name in DEFAULTS if name != "keys" and said[name] != DEFAULTS[name]}
        changed = {name: key for name, key in keys.items() if key != ACTIONS[name][0]}
        return own | ({"keys": changed} if changed else {})


def read_back(text: str) -> dict[str, Any] | None:
    """Settings as a page reports them with a judgment; None where they are not what a page would send."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    fits = {name: said.get(name) for name, choices in CHOICES.items() if said.get(name) in dict(choices)}
    return fits if len(fits) == len(CHOICES) else None
