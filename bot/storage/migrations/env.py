"""Runs the migrations on the configured database, through the connection of the caller if it gives one."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine, make_url

from bot.storage.models import Base


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:  # the alembic command line, for writing a new migration
    url = make_url(context.get_x_argument(as_dictionary=True).get("url", "sqlite:///var/xiaoer.db"))
    with create_engine(url).connect() as own:
        run(own)
