"""The steps of a plan as Ibis expressions, run on DuckDB; with `contacts/` the only speaker of the engine."""
