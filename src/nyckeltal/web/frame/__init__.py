"""What every page stands in: shell, menu, figures in words, charts, errors."""
