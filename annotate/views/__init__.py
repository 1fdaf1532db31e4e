"""The pages: request → domain call → template. One module a page, with its routes at its end."""
