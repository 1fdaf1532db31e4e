"""Pages of results: by page number, with a bound on the size."""

from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    page_size_query_param = "page_size"
    max_page_size = 500
    page_query_description = "Which page, from 1."
    page_size_query_description = "How many a page holds: 1 to 500, 50 unless told."

    def get_page_size(self, request):
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not (asked.isascii() and asked.isdigit() and len(asked) <= 3 and 1 <= int(asked) <= self.max_page_size):
            why = f"A page holds 1 to {self.max_page_size}."
            raise ValidationError({self.page_size_query_param: [ErrorDetail(why, code="out_of_range")]})
        return int(asked)
