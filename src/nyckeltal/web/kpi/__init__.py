"""How each KPI is counted, and any KPI by any dimension and period."""
