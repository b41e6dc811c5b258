"""The pages of the plan: seasons and the whole, set-up in three steps, agreement, and what came before and comes after."""
