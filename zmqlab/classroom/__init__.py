"""A class: a board on the teacher's laptop, and the learners whose checks it shows."""
