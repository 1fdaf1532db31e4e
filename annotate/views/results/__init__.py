"""A study's results for its researchers: where readers part, item by item, and every rating as a table."""

from django.urls import path

from annotate.views.results import calibration, item, items, overview, question, ratings

app_name = "results"
urlpatterns = [
    path("<slug:slug>/", overview.overview, name="overview"),
    path("<slug:slug>/items/", items.items, name="items"),
    path("<slug:slug>/items/<uuid:uid>/", item.item, name="item"),
    path("<slug:slug>/calibration/", calibration.calibrate, name="calibrate"),
    path("<slug:slug>/questions/<str:name>/", question.question, name="question"),
    path("<slug:slug>/ratings.csv", ratings.ratings, name="ratings"),
]
