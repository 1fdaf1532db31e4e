"""The domain: studies, rubrics, material, people, assignment, judgment and what is made of them. No HTTP."""
