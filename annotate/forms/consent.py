"""Consent as a form: a yes or a no chosen by hand, and two further consents of their own."""

from django import forms
from django.utils.translation import gettext_lazy as _

from judgments.models import ConsentText


class ConsentForm(forms.Form):
    """A yes or a no, chosen by hand: nothing is ticked beforehand."""

    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    takes_part = forms.ChoiceField(
        choices=[("yes", _("I agree to take part")), ("no", _("I would rather not"))], widget=forms.RadioSelect,
        label=_("Would you like to take part?"), error_messages={"required": _("Please choose one of the two.")},
    )  # fmt: skip
    may_quote = forms.BooleanField(required=False, label=_("My written reasons may be quoted without my name"))
    may_publish = forms.BooleanField(
        required=False, label=_("My answers may be in a public dataset (you can change this later)")
    )

    def __init__(self, text: ConsentText, *args, **kwargs):
        initial = {"version": text.version} | kwargs.pop("initial", {})
        super().__init__(*args, initial=initial, label_suffix="", **kwargs)
        self.text = text

    def clean_version(self) -> int:
        if self.cleaned_data["version"] != self.text.version:
            raise forms.ValidationError(_("The text has changed since you opened this page. Please read it again."))
        return self.text.version

    @property
    def declines(self) -> bool:
        return self.cleaned_data.get("takes_part") == "no"
