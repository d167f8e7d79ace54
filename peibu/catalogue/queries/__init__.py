"""Questions about catalogues. The rooms above ask `speciality_on` and `occupation_on` for the rules' facts."""

from peibu.catalogue.queries.standing import Standing, occupation_on, speciality_on

__all__ = ["Standing", "occupation_on", "speciality_on"]
