"""The pictures: from records and measurements to SVG, in two languages and two forms."""
