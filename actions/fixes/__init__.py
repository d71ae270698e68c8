"""The fixes: one class for each declaration in data/fixes/. How to add one: docs/add-a-fix.md."""
