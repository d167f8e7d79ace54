"""The part of `peibu decide` that takes large tables."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from datetime import date

from peibu.cli.batch.buckets import Buckets, how_many, judge_buckets, key_of, needed_by, one_for_all, store_records
from peibu.cli.batch.explain import choose
from peibu.cli.batch.records import RecordReader, open_records
from peibu.cli.batch.run import Spool, check_source, hidden_folder, judge_source
from peibu.cli.batch.source import Source, open_source
from peibu.cli.batch.table import TableReader
from peibu.cli.batch.write import check_target, write_spool
from peibu.cli.fact_output import DECISIONS
from peibu.cli.fact_table import header_names
from peibu.rulebook import FactError, FactSpec, Policy, RulebookError, policies_root
from peibu.rulebook.batch.partition import Job
from peibu.rulebook.limits import limits_of
from peibu.rulebook.wording import yuan

LARGE_FROM = 20_000
_DAY = FactSpec("on", "date", "判定日", "on")


def decide_table(policy: Policy, args: argparse.Namespace) -> str | None:
    """Decide a table of more than 20,000 rows and return what to tell; None for a smaller one, which is not touched.

    Raises TableError with every bad cell of the file, RulebookError for a target that cannot take the result.
    """
    policy.facts_of(args.subject)
    source = open_source(args.file, header_names(policy, args.subject))
    try:
        if source.total <= LARGE_FROM and not args.cluster and not counts_grants(args):
            return None
        return _decide(policy, source, args)
    finally:
        source.close()


def _decide(policy: Policy, source: Source, args: argparse.Namespace) -> str:
    if args.out is None:
        raise RulebookError(f"数据有{source.total}行，请用 --out 写成文件，如 --out 结果.parquet")
    check_target(args.out, source.total)
    begun = time.monotonic()
    with hidden_folder(args.out) as folder:
        spool = Spool(policy, args.subject, folder)
        reader = TableReader(source, policy, args.subject, _on(args), args.employer)
        readers = open_records(policy, _records(args))
        reader.required = needed_by(readers)
        limits = limits_of(policy, args.subject)
        if any(limit.of_person for limit in limits):
            reader.required |= {"@id": "证件号码"}
        job = Job(policy.path, args.subject, str(policies_root()))
        if args.cluster:
            from peibu.cli.batch.on_cluster import judge_source_on_cluster  # Spark only when it is asked for

            judge_source_on_cluster(args.cluster, source, reader, readers, policy, job, spool)
        elif readers or limits:
            _with_records(policy, source, reader, readers, job, spool)
        else:
            judge_source(source, reader, policy, job, spool)
        which = choose(args.explain, spool)
        write_spool(spool, args.out, which, args.lang)
    return _told(spool, args, which, time.monotonic() - begun)


def counts_grants(args: argparse.Namespace) -> bool:
    """Whether earlier grants are given: then the claims are counted against them and each other, however few."""
    return args.grants is not None or any(word.startswith("grants=") for word in args.records)


def _records(args: argparse.Namespace) -> list[str]:
    named = {"insurance": args.insurance, "grants": args.grants}
    return [*args.records, *(f"{kind}={path}" for kind, path in named.items() if path)]


def _with_records(
    policy: Policy, source: Source, reader: TableReader, readers: dict[str, RecordReader], job: Job, spool: Spool
) -> None:
    key = key_of(readers)
    size = how_many(source.total, sum(one.source.total for one in readers.values()))
    if one_for_all(policy, job.subject):
        size = 1
    buckets = Buckets(spool.folder / "buckets", size)
    check_source(source, reader, lambda table: buckets.add("claims", table, key), "检查")
    store_records(readers, buckets)
    job = replace(job, covered={kind: one.covered for kind, one in readers.items()})
    judge_buckets(policy, job, buckets, readers, spool, source.total)


def _on(args: argparse.Namespace) -> date | None:
    try:
        return _DAY.read(args.on)
    except ValueError as error:
        raise FactError([f"日期“{args.on}”不能识别：{error}"]) from None


def _told(spool: Spool, args: argparse.Namespace, which: str, seconds: float) -> str:
    counts = "、".join(f"{word} {spool.counts[code]}" for code, word in DECISIONS[args.lang].items())
    speed = int(spool.rows / max(seconds, 0.001))
    lines = [
        f"已判定{spool.rows}件（{counts}），补贴合计{yuan(spool.amount_fen)}，写入 {args.out}",
        f"用时{seconds:.1f}秒，每秒{speed}行",
    ]
    if which == "none" and args.explain is None:
        lines.append("不符合和待核实的较多，只写了各规则的结果列；要逐条说明请加 --explain fail")
    return "\n".join(lines)
