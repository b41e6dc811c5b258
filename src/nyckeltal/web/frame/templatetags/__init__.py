"""Tags for templates: icons, figures, numbers."""
