"""The command line `xiaoer`: one module for each group of commands, put together in app.py."""
