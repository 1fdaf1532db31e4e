"""Forms: what people fill in, read into the plain shapes the domain takes."""
