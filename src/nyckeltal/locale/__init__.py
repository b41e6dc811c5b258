"""Translations: collects what is said in code, templates and KPI files, keeps a .po file per language, compiles it. Run by `make words`."""
