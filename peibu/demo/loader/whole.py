"""The whole city: registers, funds, every class of the cast, the clock set to the city's now."""

import datetime as dt

from tqdm import tqdm

from peibu.accounts import clock
from peibu.demo.city import NOW, generate
from peibu.demo.city.records import CHINA
from peibu.demo.loader.archives import archive
from peibu.demo.loader.banks import open_banks, propose_an_account, reconcile_a_day
from peibu.demo.loader.base import Loaded, load_base
from peibu.demo.loader.callbacks import phone
from peibu.demo.loader.calls import play_calls
from peibu.demo.loader.catalogues import load_catalogues
from peibu.demo.loader.changes import check_names, play_changes
from peibu.demo.loader.classes import ClassStory
from peibu.demo.loader.corrections import correct_after_payment
from peibu.demo.loader.courses import load_courses
from peibu.demo.loader.exams import examine
from peibu.demo.loader.funds import fill_funds
from peibu.demo.loader.jinan import play_jinan
from peibu.demo.loader.learning import load_learning
from peibu.demo.loader.money import play_claims
from peibu.demo.loader.online import fill_bank_of_the_body
from peibu.demo.loader.own_claims import play_own_claims
from peibu.demo.loader.places import play_places
from peibu.demo.loader.players import Players
from peibu.demo.loader.practitioners import load_practitioners
from peibu.demo.loader.recoveries import play_recoveries
from peibu.demo.loader.teaching import teach
from peibu.demo.loader.weihai import play_weihai

POLICY = "qingdao/industrial_internet_2020"
BANK_FILLED_AT = dt.datetime(2019, 11, 1, 9, tzinfo=CHINA)  # before the exam it is drawn for
KNOWN_AT = dt.datetime(2018, 1, 1, 8, tzinfo=CHINA)


def load_city(*, seed: int, people: int, enterprises: int, show: bool = True) -> Loaded:
    """Load everything; takes a minute or two, with a progress bar. The database must be migrated and empty."""
    city = generate(seed, people=people, enterprises=enterprises)
    loaded = load_base(city, policy=POLICY, known_at=KNOWN_AT)
    players = Players(loaded)
    fill_funds(loaded, players)
    open_banks(players, at=KNOWN_AT)
    plans = sorted(city.classes, key=lambda plan: plan.events[0].at)
    for plan in tqdm(plans, desc="演示班次", unit="班", disable=not show):
        story = ClassStory(players, plan)
        story.play()
        teach(story)
        examine(story)
        phone(story)
        play_claims(story)
        archive(story)
    play_calls(loaded, players)
    correct_after_payment(at=NOW)
    play_recoveries(players, at=NOW)
    reconcile_a_day(players)
    propose_an_account(players, at=NOW)
    load_catalogues(loaded, players, at=NOW)
    load_practitioners(loaded, at=NOW)
    fill_bank_of_the_body(players, at=BANK_FILLED_AT)
    play_changes(players)
    check_names(players)
    play_places(players)
    play_own_claims(players)
    play_jinan(players)
    play_weihai(players)
    _online(loaded, players)
    clock.move_to(NOW)
    return loaded


def _online(loaded: Loaded, players: Players) -> None:
    """Records of other platforms, and a course of our own."""
    load_learning(loaded, players, at=NOW)
    load_courses(loaded, players, at=NOW)
