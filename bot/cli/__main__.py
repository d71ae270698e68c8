"""`python -m bot.cli` is `xiaoer`."""

from bot.cli.app import app

app()
