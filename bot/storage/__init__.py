"""What is kept: declarative models, the engine, and the migrations (Alembic)."""
