"""Setting up in Django admin: rubrics, studies, material, people; and the data, to look at."""

from django.contrib import admin

from annotate.admin import data, material, people, rubrics, signing_in, studies

__all__ = ["data", "material", "people", "rubrics", "signing_in", "studies"]

admin.site.site_header = "Dissensus"
admin.site.site_title = "Dissensus"
admin.site.index_title = "Set up"
admin.site.empty_value_display = "–"
admin.site.enable_nav_sidebar = False
