"""Results as people read them in Python. read_results.py DIR TOOL; exit 77: the package of that tool is missing."""
import csv
import json
import sys

folder, tool = sys.argv[1:3]
day, study = folder + "/day.h5", folder + "/study/study.h5"
try:
    if tool == "xarray":
        import h5netcdf  # noqa: F401
        import xarray
    elif tool == "netcdf4":
        import netCDF4
    elif tool == "pandas":
        import h5py
        import pandas
    import numpy
except ImportError as e:
    print("SKIPPED:", e)
    sys.exit(77)

with open(folder + "/day.json") as f:
    report = json.load(f)
with open(folder + "/day.csv") as f:
    rows = list(csv.reader(f))
NAME = "utility.p_import"
column = [i for i, head in enumerate(rows[0]) if head.startswith(NAME + " [")][0]
exported = numpy.array([float(r[column]) for r in rows[1:]])
# The day begins at local midnight, UTC+08:00.
UTC_START = numpy.datetime64("2026-01-14T16:00:00")


def same(values):
    """As exported: digits of single precision."""
    assert len(values) == len(exported) > 100, len(values)
    assert numpy.allclose(values, exported, rtol=1e-6, atol=0), "differs from steppe export"


if tool == "xarray":
    with xarray.open_dataset(day, group="signals", engine="h5netcdf") as ds:
        same(ds[NAME].values)
        assert ds.attrs["Conventions"].startswith("CF-1")
        assert ds.time.values[0] == UTC_START, ds.time.values[0]
        assert ds.time.values[1] - ds.time.values[0] == numpy.timedelta64(1, "s")
        # Statistics are over the interval that ends at a time, which CF's bounds say.
        assert ds.time.encoding.get("bounds", ds.time.attrs.get("bounds")) == "time_bounds"
        assert (ds.time_bounds[:, 1] == ds.time).all() and (ds.time_bounds[1:, 0].values == ds.time[:-1].values).all()
        for name, v in ds.drop_vars("time_bounds").variables.items():
            assert v.attrs.get("long_name"), name + " has no long_name"
            if v.dims[0] == "time" and name != "time":
                assert v.attrs["units"] and v.attrs["cell_methods"].startswith("time: "), name
        wide = [v for name, v in ds.data_vars.items() if v.ndim == 2 and name != "time_bounds"]
        assert wide and wide[0].dims[1] == "unit_8", "no signal of eight pods"
        assert ds[NAME].sel(time="2026-01-14T16:01:00").values == ds[NAME].values[60]
    with xarray.open_dataset(study, group="runs", engine="h5netcdf") as ds:
        assert list(ds["office.power"].values) == [100, 200, 300] and ds["office.power"].attrs["units"] == "kW"
        assert ds["energy_site"].dims == ("run",)
elif tool == "netcdf4":
    with netCDF4.Dataset(day) as f:
        signals = f["signals"]
        same(signals[NAME][:])
        t = signals["time"]
        first = netCDF4.num2date(t[0], t.units, t.calendar, only_use_cftime_datetimes=False)
        assert numpy.datetime64(first) == UTC_START, first
        assert signals[NAME].dimensions == ("time",) and signals[NAME].units == "W"
        assert f["kpi"]["pue"][...] == report["kpi"]["pue"]["value"]
    with netCDF4.Dataset(study) as f:
        assert list(f["runs"]["office.power"][:]) == [100, 200, 300]
elif tool == "pandas":
    with h5py.File(day) as f:
        same(f["signals/" + NAME][:])
        assert f["kpi/pue"][()] == report["kpi"]["pue"]["value"]
        events = pandas.DataFrame.from_records(f["events"][:])
        assert len(events) == len(report["events"])
        assert f.attrs["status"] == "complete"
    frame = pandas.read_csv(folder + "/day.csv", parse_dates=["datetime"])
    assert frame["datetime"][0] == pandas.Timestamp("2026-01-15"), "CSV has local time"
    with h5py.File(study) as f:
        table = pandas.DataFrame.from_records(f["table"][:])
        assert list(table["office.power"]) == [100, 200, 300]
        assert list(table["status"].str.decode("utf-8")) == ["complete"] * 3
        ids = list(table["id"].str.decode("utf-8"))
        # One file that leads to all series.
        for run, power in enumerate(table["office.power"]):
            series = f["series"][str(run)]
            with h5py.File(folder + "/study/runs/" + ids[run] + ".h5") as one:
                assert (series["office.power"][:] == one["signals/office.power"][:]).all()
            assert abs(series["office.power"][-1] / (power * 1e3) - 1) < 0.01
    frame = pandas.read_csv(folder + "/study.csv", index_col="run", float_precision="round_trip")
    assert list(frame["energy_site"]) == list(table["energy_site"]), "CSV lost digits"
    assert all(frame[c].dtype.kind in "ifO" for c in frame)
    try:
        frame.to_parquet(folder + "/study.parquet")
    except ImportError:
        print("no parquet engine here; the CSV has one type per column and one header line")
print(tool, "reads the results")
