#!/usr/bin/python3
"""What a study costs beside its runs: time, memory, files; and what recording costs a run.

    tests/perf/sweep_bench.py STEPPE [PART...]      parts: runs cores report files record (default: all)

Each line is a figure of tests/perf/README.md. Exit code 1 when one of them is beyond its limit.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

steppe = os.path.abspath(sys.argv[1])
parts = sys.argv[2:] or ["runs", "cores", "report", "files", "record"]
here = pathlib.Path(__file__).resolve().parent
work = pathlib.Path(tempfile.mkdtemp(prefix="steppe-bench-"))
beyond = 0


def figure(what, value, unit, limit=None, least=None):
    global beyond
    bad = (limit is not None and value > limit) or (least is not None and value < least)
    beyond += bad
    wanted = f"at most {limit:g}" if limit is not None else f"at least {least:g}" if least is not None else ""
    print(f"{what:<66} {value:>12.4g} {unit:<6} {wanted}{'   BEYOND' if bad else ''}", flush=True)


def run(*args):
    """Wall time, CPU time with all children, highest memory of the process itself [MB]."""
    begin = time.monotonic()
    child = subprocess.Popen([steppe, *map(str, args)], cwd=work, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if status:
        sys.exit(f"steppe {' '.join(map(str, args))} ended with {status}")
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def study(name, steps, extra=""):
    (work / f"{name}.yaml").write_text(
        f"steppe: 1\nstudy: {name}\nscenario: site.yaml\n"
        f"axes: {{office.power: {{from: 100 kW, to: 300 kW, steps: {steps}}}}}\n{extra}")
    return f"{name}.yaml"


def sweep(file, folder, *options):
    shutil.rmtree(work / folder, ignore_errors=True)
    return run("sweep", file, "-o", folder, "--progress", "none", *options)


def lines(folder):
    return [json.loads(l) for f in (work / folder / "log").glob("*.jsonl") for l in f.open()]


shutil.copy(here.parent / "sweep/fixtures/site.yaml", work)
try:
    if "runs" in parts:
        few = sweep(study("hundred", 100), "hundred")
        wall, cpu, memory = sweep(study("thousand", 1000), "thousand")
        done = lines("thousand")
        assert len(done) == 1000 and all(l["status"] == "complete" for l in done)
        inside = sum(l["run_s"] for l in done) / 1000
        figure("a short run itself", 1e3 * inside, "ms")
        figure("overhead of each of 1000 runs, wall", 1e3 * (wall / 1000 - inside), "ms", limit=20)
        figure("of it: reading the scenario, building the system, its file", 1e3 * (
            sum(l["wall_s"] for l in done) / 1000 - inside), "ms")
        figure("CPU time of a run, all in", cpu, "ms")
        figure("memory of the sweep, 1000 runs", memory, "MB")
        figure("memory, 1000 runs over 100 runs", memory / few[2], "", limit=1.2)
    if "cores" in parts:
        file = study("long", 16, "until: 12 h\n")
        ratio = []
        for i in range(3):
            one, two = sweep(file, "one")[0], sweep(file, "two", "--jobs", 2)[0]
            ratio.append(one / two)
        figure("two jobs against one, 16 runs of %.2g s, best of 3" % (one / 16), max(ratio), "x", least=1.9)
    if "report" in parts:
        sweep(study("few", 2), "rows")
        template = lines("rows")[0]
        file = study("rows", 10000)
        shutil.rmtree(work / "rows")
        subprocess.run([steppe, "sweep", file, "-o", "rows", "--shard", "10000/10000", "--progress", "none"], cwd=work, check=True,
                       stdout=subprocess.DEVNULL)
        with (work / "rows/log/copies.jsonl").open("w") as f:
            for i in range(9999):
                line = dict(template, run=i, id=f"{i:016x}")
                line["kpi"] = {k: v * (1 + 1e-5 * i) for k, v in template["kpi"].items()}
                f.write(json.dumps(line) + "\n")
        wall, cpu, _ = run("report", "rows")
        figure("report of 10 000 rows, the table is made first", wall, "s", limit=1)
        figure("the same, CPU time", cpu, "s", limit=1)
        wall, cpu, memory = run("report", "rows")
        figure("report of 10 000 rows, the table is there", wall, "s", limit=1)
        figure("the same, CPU time", cpu, "s", limit=1)
        figure("memory of the report", memory, "MB")
    if "files" in parts and shutil.which("strace"):
        file = study("traced", 20)
        trace = work / "trace.txt"
        subprocess.run(["strace", "-f", "-qq", "-y", "-e", "trace=%file,read,write,pread64,pwrite64,fsync,ftruncate,getdents64,flock,fcntl",
                        "-o", trace, steppe, "sweep", file, "-o", "traced", "--progress", "none"], cwd=work, check=True,
                       stdout=subprocess.DEVNULL)
        metadata, data, names = 0, 0, {}
        for line in trace.open(errors="replace"):
            if "traced/" not in line:
                continue
            call = line.split(None, 1)[1].split("(")[0]
            names[call] = names.get(call, 0) + 1
            if call in ("read", "write", "pread64", "pwrite64"):
                data += 1
            else:
                metadata += 1
        files = [f for f in (work / "traced").rglob("*") if f.is_file()]
        figure("files of a run that stay", len(list((work / "traced/runs").iterdir())) / 20, "")
        figure("bytes of a run, its file", sum(f.stat().st_size for f in (work / "traced/runs").iterdir()) / 20, "B")
        figure("bytes of a run, its line in a log", sum(
            f.stat().st_size for f in (work / "traced/log").iterdir()) / 20, "B")
        figure("metadata operations of a run in the folder", metadata / 20, "")
        figure("reads and writes of a run in the folder", data / 20, "")
        print("  calls:", ", ".join(f"{n} {k}" for k, n in sorted(names.items(), key=lambda e: -e[1])))
    if "record" in parts:
        days = 7
        (work / "week.yaml").write_text(
            f"steppe: 1\nextends: {here.parents[1]}/scenarios/ulanqab-year.yaml\nrun: {{until: {days} d}}\n"
            "profile: {base: facility, exchange: 60 s}\nrecord: {every: 60 s, signals: ['*']}\n")
        plain = min(run("run", "week.yaml", "--progress", "none")[1] for _ in range(2))
        written = min(run("run", "week.yaml", "--progress", "none", "-o", "week.h5")[1] for _ in range(2))
        import h5py
        with h5py.File(work / "week.h5") as f:
            values = sum((d.shape[1] if d.ndim == 2 else 1) for n, d in f["signals"].items()
                         if d.ndim and d.shape[0] == f["signals/time"].shape[0] and not n.startswith("time"))
            rows = f["signals/time"].shape[0]
        size = (work / "week.h5").stat().st_size
        figure("values recorded in each row", values, "")
        figure("rows in %d days" % days, rows, "")
        figure("a year of minutes of 1000 such values", size / days * 365 * 1000 / values / 1e6, "MB", limit=1000)
        figure("recording, share of the CPU time of the run", 100 * (written - plain) / plain, "%")
        figure("the same for 1000 values", 100 * (written - plain) / plain * 1000 / values, "%", limit=10)
finally:
    shutil.rmtree(work, ignore_errors=True)
sys.exit(beyond > 0)
