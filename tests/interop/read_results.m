% Results in Octave with Debian's octave-netcdf; the first argument is the folder.
folder = argv(){1};
pkg load netcdf
day = [folder "/day.h5"];
t = ncread(day, "/signals/time");
p = ncread(day, "/signals/utility.p_import");
assert(numel(t) == numel(p) && numel(t) > 100);
rows = dlmread([folder "/day.csv"], ",", 1, 0);
heads = strsplit(fgetl(fopen([folder "/day.csv"])), ",");
column = find(strncmp(heads, "utility.p_import [", 18));
assert(double(p), rows(:, column), -1e-6);
power = ncread([folder "/study/study.h5"], "/runs/office.power");
assert(power, [100; 200; 300]);
disp("octave reads the results")
