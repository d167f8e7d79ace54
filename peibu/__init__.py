"""Peibu (培补): government-subsidised vocational training, from the policy document to the money in the bank."""
