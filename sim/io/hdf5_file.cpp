#include "sim/io/hdf5_file.h"

#include <fmt/format.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <utility>

#include "sim/base/error.h"
#include "sim/base/text_lines.h"

namespace steppe::io {
namespace {

static_assert(sizeof(hid_t) == sizeof(int64_t));

using Lock = std::lock_guard<std::recursive_mutex>;

std::recursive_mutex& library_mutex() {
  static std::recursive_mutex m;
  return m;
}

/// To be called before anything else of the library in each public way in.
void quiet() {
  // Its clean-up at exit closes once more what could not be closed, and crashes on a file whose
  // disk was full. Files are closed by their owners here, so there is nothing to clean up.
  static const bool once = [] { return H5dont_atexit() >= 0; }();
  (void)once;
  // It belongs to steppe to say what went wrong.
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

herr_t collect(unsigned /*n*/, const H5E_error2_t* e, void* out) {
  auto& reasons = *static_cast<std::vector<std::string>*>(out);
  if (e->desc) reasons.emplace_back(e->desc);
  return 0;
}

/// The innermost reason that the library knows: the system's words when it has them.
std::string reason() {
  std::vector<std::string> reasons;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, collect, &reasons);
  H5Eclear2(H5E_DEFAULT);
  for (const std::string& r : reasons) {
    constexpr std::string_view kMark = "error message = '";
    const size_t at = r.find(kMark);
    if (at == std::string::npos) continue;
    const size_t begin = at + kMark.size();
    std::string text = r.substr(begin, r.find('\'', begin) - begin);
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z')
      text[0] = static_cast<char>(text[0] - 'A' + 'a');
    return text;
  }
  return reasons.empty() ? "unknown reason" : reasons.front();
}

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw IoError(fmt::format("{}: {}: {}", path, what, reason()));
}

int close_file(hid_t id) { return H5Fclose(id); }
int close_group(hid_t id) { return H5Gclose(id); }
int close_dataset(hid_t id) { return H5Dclose(id); }
int close_space(hid_t id) { return H5Sclose(id); }
int close_type(hid_t id) { return H5Tclose(id); }
int close_plist(hid_t id) { return H5Pclose(id); }
int close_attribute(hid_t id) { return H5Aclose(id); }
int close_object(hid_t id) { return H5Oclose(id); }

Hdf5Handle space_of(const std::vector<hsize_t>& dims, const hsize_t* max = nullptr) {
  return {dims.empty() ? H5Screate(H5S_SCALAR)
                       : H5Screate_simple(static_cast<int>(dims.size()), dims.data(), max),
          close_space};
}

/// Fixed-length UTF-8: what netCDF shows as a text attribute. The library has no strings of length
/// 0.
Hdf5Handle text_type(size_t size) {
  const hid_t t = H5Tcopy(H5T_C_S1);
  H5Tset_size(t, std::max<size_t>(size, 1));
  H5Tset_strpad(t, H5T_STR_NULLPAD);
  H5Tset_cset(t, H5T_CSET_UTF8);
  return {t, close_type};
}

Hdf5Handle variable_text_type() {
  const hid_t t = H5Tcopy(H5T_C_S1);
  H5Tset_size(t, H5T_VARIABLE);
  H5Tset_cset(t, H5T_CSET_UTF8);
  return {t, close_type};
}

Hdf5Handle link_properties() {
  const hid_t p = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(p, 1);
  return {p, close_plist};
}

Hdf5Handle access_properties() {
  const hid_t p = H5Pcreate(H5P_FILE_ACCESS);
  // The 1.8 format: dense attributes (the time axis of thousands of signals needs them), and no
  // flag in the superblock that would make a file unreadable after its writer was killed.
  H5Pset_libver_bounds(p, H5F_LIBVER_V18, H5F_LIBVER_V18);
  // Parallel file systems without locks are common on clusters; there the lock is skipped instead
  // of refusing to work.
  H5Pset_file_locking(p, 1, 1);
  H5Pset_fclose_degree(p, H5F_CLOSE_STRONG);
  return {p, close_plist};
}

hid_t native(Hdf5Type t) { return t == Hdf5Type::f32 ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE; }
hid_t stored(Hdf5Type t) { return t == Hdf5Type::f32 ? H5T_IEEE_F32LE : H5T_IEEE_F64LE; }

struct EventRow {
  double time;
  const char *component, *name, *from, *to, *text;
};

Hdf5Handle event_type(bool in_memory) {
  const Hdf5Handle text = variable_text_type();
  const hid_t t = H5Tcreate(H5T_COMPOUND, sizeof(EventRow));
  H5Tinsert(t, "time", HOFFSET(EventRow, time), in_memory ? H5T_NATIVE_DOUBLE : H5T_IEEE_F64LE);
  H5Tinsert(t, "component", HOFFSET(EventRow, component), text.id());
  H5Tinsert(t, "name", HOFFSET(EventRow, name), text.id());
  H5Tinsert(t, "from", HOFFSET(EventRow, from), text.id());
  H5Tinsert(t, "to", HOFFSET(EventRow, to), text.id());
  H5Tinsert(t, "text", HOFFSET(EventRow, text), text.id());
  return {t, close_type};
}

Hdf5Handle open_dataset(const Hdf5Handle& file, const std::string& path,
                        const std::string& object) {
  Hdf5Handle d(H5Dopen2(file.id(), object.c_str(), H5P_DEFAULT), close_dataset);
  if (!d) fail(path, fmt::format("cannot open '{}'", object));
  return d;
}

Hdf5Handle open_object(const Hdf5Handle& file, const std::string& path, const std::string& object) {
  Hdf5Handle o(H5Oopen(file.id(), object.c_str(), H5P_DEFAULT), close_object);
  if (!o) fail(path, fmt::format("cannot open '{}'", object));
  return o;
}

std::vector<hsize_t> dims_of(const Hdf5Handle& dataset) {
  const Hdf5Handle space(H5Dget_space(dataset.id()), close_space);
  const int rank = H5Sget_simple_extent_ndims(space.id());
  std::vector<hsize_t> dims(rank > 0 ? static_cast<size_t>(rank) : 0);
  if (rank > 0) H5Sget_simple_extent_dims(space.id(), dims.data(), nullptr);
  return dims;
}

}  // namespace

Hdf5Handle::Hdf5Handle(Hdf5Handle&& other) noexcept
    : id_(std::exchange(other.id_, -1)), close_(other.close_) {}

Hdf5Handle& Hdf5Handle::operator=(Hdf5Handle&& other) noexcept {
  if (this != &other) {
    reset();
    id_ = std::exchange(other.id_, -1);
    close_ = other.close_;
  }
  return *this;
}

void Hdf5Handle::reset() noexcept {
  if (id_ < 0) return;
  const Lock lock(library_mutex());
  close_(std::exchange(id_, -1));
}

Hdf5File Hdf5File::create(const std::string& path) {
  const Lock lock(library_mutex());
  quiet();
  std::error_code ec;
  const auto status = std::filesystem::status(path, ec);
  if (std::filesystem::is_directory(status))
    throw IoError(fmt::format("{}: cannot be written: is a directory", path));
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    throw IoError(fmt::format("{}: cannot be written: is not a regular file", path));
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder, ec))
    throw IoError(
        fmt::format("{}: cannot be written: there is no folder {}", path, folder.string()));

  const Hdf5Handle access = access_properties();
  // Metadata leaves memory at flushes only: between two of them a killed process cannot leave half
  // of a change behind.
  H5AC_cache_config_t cache;
  cache.version = H5AC__CURR_CACHE_CONFIG_VERSION;
  if (H5Pget_mdc_config(access.id(), &cache) >= 0) {
    cache.evictions_enabled = 0;
    cache.incr_mode = H5C_incr__off;
    cache.flash_incr_mode = H5C_flash_incr__off;
    cache.decr_mode = H5C_decr__off;
    H5Pset_mdc_config(access.id(), &cache);
  }
  const Hdf5Handle creation(H5Pcreate(H5P_FILE_CREATE), close_plist);
  H5Pset_link_creation_order(creation.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);

  const std::string fresh = fmt::format("{}.{}.new", path, ::getpid());
  Hdf5Handle file(H5Fcreate(fresh.c_str(), H5F_ACC_TRUNC, creation.id(), access.id()), close_file);
  if (!file) {
    const std::string why = reason();
    std::filesystem::remove(fresh, ec);
    throw IoError(fmt::format("{}: cannot be written: {}", path, why));
  }
  std::filesystem::rename(fresh, path, ec);
  if (ec) {
    const std::string why = ec.message();
    file.reset();
    std::filesystem::remove(fresh, ec);
    throw IoError(fmt::format("{}: cannot be written: {}", path, why));
  }
  return Hdf5File(std::move(file), path);
}

Hdf5File Hdf5File::open(const std::string& path) {
  const Lock lock(library_mutex());
  quiet();
  std::error_code ec;
  const auto status = std::filesystem::status(path, ec);
  if (!std::filesystem::exists(status)) throw IoError(no_such_file(path));
  if (std::filesystem::is_directory(status)) throw IoError(fmt::format("{}: is a directory", path));
  if (std::filesystem::is_regular_file(status) && std::filesystem::file_size(path, ec) == 0)
    throw IoError(fmt::format("{}: is empty", path));
  if (::access(path.c_str(), R_OK) != 0)
    throw IoError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  const Hdf5Handle access = access_properties();
  Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), close_file);
  if (file) return Hdf5File(std::move(file), path);
  const std::string why = reason();
  if (why.find("lock") != std::string::npos ||
      why.find("temporarily unavailable") != std::string::npos)
    throw IoError(fmt::format("{}: is still being written by a run", path));
  if (H5Fis_hdf5(path.c_str()) > 0)
    throw IoError(fmt::format("{}: the HDF5 file is damaged or cut off: {}", path, why));
  throw IoError(fmt::format("{}: is not an HDF5 file", path));
}

Hdf5File::~Hdf5File() = default;

void Hdf5File::flush() {
  const Lock lock(library_mutex());
  if (H5Fflush(file_.id(), H5F_SCOPE_LOCAL) < 0) fail(path_, "cannot be written");
}

void Hdf5File::close() {
  if (!file_) return;
  flush();
  const Lock lock(library_mutex());
  file_.reset();
}

bool Hdf5File::exists(const std::string& object) const {
  const Lock lock(library_mutex());
  if (object.empty() || object == "/") return true;
  // H5Lexists wants every group on the way to exist.
  for (size_t at = object.find('/', 1); at != std::string::npos; at = object.find('/', at + 1))
    if (H5Lexists(file_.id(), object.substr(0, at).c_str(), H5P_DEFAULT) <= 0) return false;
  return H5Lexists(file_.id(), object.c_str(), H5P_DEFAULT) > 0;
}

bool Hdf5File::is_group(const std::string& object) const {
  const Lock lock(library_mutex());
  if (!exists(object)) return false;
  H5O_info_t info;
  return H5Oget_info_by_name2(file_.id(), object.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) >=
             0 &&
         info.type == H5O_TYPE_GROUP;
}

void Hdf5File::make_group(const std::string& group) {
  const Lock lock(library_mutex());
  if (exists(group)) return;
  const Hdf5Handle links = link_properties();
  const Hdf5Handle creation(H5Pcreate(H5P_GROUP_CREATE), close_plist);
  H5Pset_link_creation_order(creation.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  const Hdf5Handle g(H5Gcreate2(file_.id(), group.c_str(), links.id(), creation.id(), H5P_DEFAULT),
                     close_group);
  if (!g) fail(path_, fmt::format("cannot write '{}'", group));
}

std::vector<std::string> Hdf5File::children(const std::string& group) const {
  const Lock lock(library_mutex());
  std::vector<std::string> out;
  const Hdf5Handle g(H5Gopen2(file_.id(), group.c_str(), H5P_DEFAULT), close_group);
  if (!g) fail(path_, fmt::format("cannot open '{}'", group));
  const auto add = [](hid_t, const char* name, const H5L_info_t*, void* data) -> herr_t {
    static_cast<std::vector<std::string>*>(data)->emplace_back(name);
    return 0;
  };
  if (H5Literate(g.id(), H5_INDEX_CRT_ORDER, H5_ITER_INC, nullptr, add, &out) < 0) {
    out.clear();  // a group of another program's, without an order of creation
    H5Literate(g.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &out);
  }
  return out;
}

namespace {
void put_attribute(const Hdf5Handle& file, const std::string& path, const std::string& object,
                   const std::string& name, hid_t stored_type, hid_t memory_type,
                   const void* data) {
  const Hdf5Handle o = open_object(file, path, object);
  if (H5Aexists(o.id(), name.c_str()) > 0) H5Adelete(o.id(), name.c_str());
  const Hdf5Handle space = space_of({});
  const Hdf5Handle a(
      H5Acreate2(o.id(), name.c_str(), stored_type, space.id(), H5P_DEFAULT, H5P_DEFAULT),
      close_attribute);
  if (!a || H5Awrite(a.id(), memory_type, data) < 0)
    fail(path, fmt::format("cannot write attribute '{}' of '{}'", name, object));
}
}  // namespace

void Hdf5File::set_attribute(const std::string& object, const std::string& name,
                             std::string_view value) {
  const Lock lock(library_mutex());
  // Variable length: Python's h5py then shows text, not bytes.
  const std::string text(value);
  const char* const data = text.c_str();
  const Hdf5Handle type = variable_text_type();
  put_attribute(file_, path_, object, name, type.id(), type.id(), &data);
}

void Hdf5File::set_attribute(const std::string& object, const std::string& name, double value) {
  const Lock lock(library_mutex());
  put_attribute(file_, path_, object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
}

void Hdf5File::set_attribute(const std::string& object, const std::string& name, int value) {
  const Lock lock(library_mutex());
  put_attribute(file_, path_, object, name, H5T_STD_I32LE, H5T_NATIVE_INT, &value);
}

std::optional<std::string> Hdf5File::text_attribute(const std::string& object,
                                                    const std::string& name) const {
  const Lock lock(library_mutex());
  const Hdf5Handle o = open_object(file_, path_, object);
  if (H5Aexists(o.id(), name.c_str()) <= 0) return std::nullopt;
  const Hdf5Handle a(H5Aopen(o.id(), name.c_str(), H5P_DEFAULT), close_attribute);
  const Hdf5Handle type(a ? H5Aget_type(a.id()) : -1, close_type);
  if (!type || H5Tget_class(type.id()) != H5T_STRING) return std::nullopt;
  if (H5Tis_variable_str(type.id()) > 0) {
    char* text = nullptr;
    if (H5Aread(a.id(), type.id(), &text) < 0 || !text) return std::nullopt;
    std::string out(text);
    H5free_memory(text);
    return out;
  }
  std::string out(H5Tget_size(type.id()), '\0');
  if (H5Aread(a.id(), type.id(), out.data()) < 0) return std::nullopt;
  out.resize(std::strlen(out.c_str()));
  return out;
}

std::optional<double> Hdf5File::number_attribute(const std::string& object,
                                                 const std::string& name) const {
  const Lock lock(library_mutex());
  const Hdf5Handle o = open_object(file_, path_, object);
  if (H5Aexists(o.id(), name.c_str()) <= 0) return std::nullopt;
  const Hdf5Handle a(H5Aopen(o.id(), name.c_str(), H5P_DEFAULT), close_attribute);
  double out = 0.0;
  if (!a || H5Aget_storage_size(a.id()) > sizeof(double)) return std::nullopt;
  if (H5Aread(a.id(), H5T_NATIVE_DOUBLE, &out) < 0) return std::nullopt;
  return out;
}

std::vector<std::string> Hdf5File::attributes(const std::string& object) const {
  const Lock lock(library_mutex());
  std::vector<std::string> out;
  const Hdf5Handle o = open_object(file_, path_, object);
  const auto add = [](hid_t, const char* name, const H5A_info_t*, void* data) -> herr_t {
    static_cast<std::vector<std::string>*>(data)->emplace_back(name);
    return 0;
  };
  H5Aiterate2(o.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &out);
  return out;
}

void Hdf5File::write_text(const std::string& object, std::string_view text) {
  const Lock lock(library_mutex());
  if (exists(object)) H5Ldelete(file_.id(), object.c_str(), H5P_DEFAULT);
  const std::string data(text.empty() ? std::string_view("\0", 1) : text);
  const Hdf5Handle links = link_properties(), type = text_type(data.size()), space = space_of({});
  const Hdf5Handle d(H5Dcreate2(file_.id(), object.c_str(), type.id(), space.id(), links.id(),
                                H5P_DEFAULT, H5P_DEFAULT),
                     close_dataset);
  if (!d || H5Dwrite(d.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, data.data()) < 0)
    fail(path_, fmt::format("cannot write '{}'", object));
}

std::string Hdf5File::read_text(const std::string& object) const {
  const Lock lock(library_mutex());
  const Hdf5Handle d = open_dataset(file_, path_, object);
  const Hdf5Handle type(H5Dget_type(d.id()), close_type);
  if (H5Tget_class(type.id()) != H5T_STRING || H5Tis_variable_str(type.id()) > 0 ||
      !dims_of(d).empty())
    throw IoError(fmt::format("{}: '{}' is no text", path_, object));
  std::string out(H5Tget_size(type.id()), '\0');
  if (H5Dread(d.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()) < 0)
    fail(path_, fmt::format("cannot read '{}'", object));
  while (!out.empty() && out.back() == '\0') out.pop_back();
  return out;
}

void Hdf5File::write_number(const std::string& object, double value) {
  const Lock lock(library_mutex());
  if (exists(object)) H5Ldelete(file_.id(), object.c_str(), H5P_DEFAULT);
  const Hdf5Handle links = link_properties(), space = space_of({});
  const Hdf5Handle d(H5Dcreate2(file_.id(), object.c_str(), H5T_IEEE_F64LE, space.id(), links.id(),
                                H5P_DEFAULT, H5P_DEFAULT),
                     close_dataset);
  if (!d || H5Dwrite(d.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value) < 0)
    fail(path_, fmt::format("cannot write '{}'", object));
}

double Hdf5File::read_number(const std::string& object) const {
  const Lock lock(library_mutex());
  const Hdf5Handle d = open_dataset(file_, path_, object);
  double out = 0.0;
  if (!dims_of(d).empty() ||
      H5Dread(d.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &out) < 0)
    fail(path_, fmt::format("'{}' is not one number", object));
  return out;
}

void Hdf5File::write_bytes(const std::string& object, const void* bytes, size_t size) {
  const Lock lock(library_mutex());
  if (exists(object)) H5Ldelete(file_.id(), object.c_str(), H5P_DEFAULT);
  const Hdf5Handle links = link_properties(), space = space_of({size});
  const Hdf5Handle d(H5Dcreate2(file_.id(), object.c_str(), H5T_STD_U8LE, space.id(), links.id(),
                                H5P_DEFAULT, H5P_DEFAULT),
                     close_dataset);
  if (!d ||
      (size > 0 && H5Dwrite(d.id(), H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0))
    fail(path_, fmt::format("cannot write '{}'", object));
}

std::vector<std::byte> Hdf5File::read_bytes(const std::string& object) const {
  const Lock lock(library_mutex());
  const Hdf5Handle d = open_dataset(file_, path_, object);
  const auto dims = dims_of(d);
  const Hdf5Handle type(H5Dget_type(d.id()), close_type);
  if (dims.size() != 1 || H5Tget_size(type.id()) != 1)
    throw IoError(fmt::format("{}: '{}' is no block of bytes", path_, object));
  std::vector<std::byte> out(dims[0]);
  if (dims[0] > 0 &&
      H5Dread(d.id(), H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()) < 0)
    fail(path_, fmt::format("cannot read '{}'", object));
  return out;
}

Hdf5Series Hdf5File::make_series(const std::string& object, Hdf5Type type, uint64_t width,
                                 uint64_t chunk_rows, int deflate) {
  const Lock lock(library_mutex());
  Hdf5Series s;
  s.path = object;
  s.width = width;
  s.type = type;
  std::vector<hsize_t> dims{0}, max{H5S_UNLIMITED}, chunk{std::max<uint64_t>(chunk_rows, 1)};
  if (width > 0) {
    // Narrow chunks: a plot reads one unit of many, and should not unpack all of them for it.
    constexpr uint64_t kChunkWidth = 8;
    dims.push_back(width);
    max.push_back(width);
    chunk.push_back(std::min(width, kChunkWidth));
  }
  const Hdf5Handle links = link_properties(), space = space_of(dims, max.data());
  const Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), close_plist);
  H5Pset_chunk(creation.id(), static_cast<int>(chunk.size()), chunk.data());
  // Values that are never written do not exist; filling chunks first would double the work.
  H5Pset_fill_time(creation.id(), H5D_FILL_TIME_IFSET);
  if (deflate > 0) {
    H5Pset_shuffle(creation.id());
    H5Pset_deflate(creation.id(), static_cast<unsigned>(deflate));
  }
  const Hdf5Handle access(H5Pcreate(H5P_DATASET_ACCESS), close_plist);
  // Whole chunks are written: a cache of 1 MB per dataset would only make memory grow with their
  // number.
  H5Pset_chunk_cache(access.id(), 0, 0, 1.0);
  s.dataset = Hdf5Handle(H5Dcreate2(file_.id(), object.c_str(), stored(type), space.id(),
                                    links.id(), creation.id(), access.id()),
                         close_dataset);
  if (!s.dataset) fail(path_, fmt::format("cannot write '{}'", object));
  return s;
}

void Hdf5File::append(Hdf5Series& s, const void* data, uint64_t rows) {
  if (rows == 0) return;
  const Lock lock(library_mutex());
  const std::vector<hsize_t> dims = s.width > 0 ? std::vector<hsize_t>{s.rows + rows, s.width}
                                                : std::vector<hsize_t>{s.rows + rows};
  const hsize_t start[2] = {s.rows, 0};
  const hsize_t count[2] = {rows, s.width};
  if (H5Dset_extent(s.dataset.id(), dims.data()) < 0) fail(path_, "cannot be written");
  const Hdf5Handle file_space(H5Dget_space(s.dataset.id()), close_space);
  const Hdf5Handle memory_space =
      space_of(s.width > 0 ? std::vector<hsize_t>{rows, s.width} : std::vector<hsize_t>{rows});
  H5Sselect_hyperslab(file_space.id(), H5S_SELECT_SET, start, nullptr, count, nullptr);
  if (H5Dwrite(s.dataset.id(), native(s.type), memory_space.id(), file_space.id(), H5P_DEFAULT,
               data) < 0)
    fail(path_, "cannot be written");
  s.rows += rows;
}

std::pair<uint64_t, uint64_t> Hdf5File::shape(const std::string& object) const {
  const Lock lock(library_mutex());
  const auto dims = dims_of(open_dataset(file_, path_, object));
  if (dims.empty() || dims.size() > 2)
    throw IoError(fmt::format("{}: '{}' is no series", path_, object));
  return {dims[0], dims.size() == 2 ? dims[1] : 0};
}

bool Hdf5File::is_single_precision(const std::string& object) const {
  const Lock lock(library_mutex());
  const Hdf5Handle d = open_dataset(file_, path_, object);
  const Hdf5Handle type(H5Dget_type(d.id()), close_type);
  return H5Tget_size(type.id()) == sizeof(float);
}

std::vector<double> Hdf5File::read(const std::string& object, uint64_t first, uint64_t count,
                                   int64_t column) const {
  const Lock lock(library_mutex());
  const Hdf5Handle d = open_dataset(file_, path_, object);
  const auto dims = dims_of(d);
  if (dims.empty() || dims.size() > 2 ||
      column >= static_cast<int64_t>(dims.size() == 2 ? dims[1] : 1))
    throw IoError(fmt::format("{}: '{}' has no such rows or columns", path_, object));
  first = std::min<uint64_t>(first, dims[0]);
  count = std::min<uint64_t>(count, dims[0] - first);
  const bool wide = dims.size() == 2;
  const hsize_t width = !wide ? 1 : column >= 0 ? 1 : dims[1];
  std::vector<double> out(count * width);
  if (out.empty()) return out;
  const Hdf5Handle space(H5Dget_space(d.id()), close_space);
  const hsize_t start[2] = {first, column >= 0 ? static_cast<hsize_t>(column) : 0};
  const hsize_t extent[2] = {count, width};
  H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start, nullptr, extent, nullptr);
  const Hdf5Handle memory = space_of({count * width});
  if (H5Dread(d.id(), H5T_NATIVE_DOUBLE, memory.id(), space.id(), H5P_DEFAULT, out.data()) < 0)
    fail(path_, fmt::format("cannot read '{}'", object));
  return out;
}

void Hdf5File::make_dimension_scale(const std::string& object) {
  const Lock lock(library_mutex());
  const Hdf5Handle d = open_dataset(file_, path_, object);
  const std::string name = object.substr(object.rfind('/') + 1);
  if (H5DSset_scale(d.id(), name.c_str()) < 0)
    fail(path_, fmt::format("cannot make '{}' a dimension", object));
}

void Hdf5File::attach_dimension_scale(const std::string& object, int axis,
                                      const std::string& scale) {
  const Lock lock(library_mutex());
  const Hdf5Handle d = open_dataset(file_, path_, object);
  const Hdf5Handle s = open_dataset(file_, path_, scale);
  if (H5DSattach_scale(d.id(), s.id(), static_cast<unsigned>(axis)) < 0)
    fail(path_, fmt::format("cannot tie '{}' to the dimension '{}'", object, scale));
}

void Hdf5File::make_index_scale(const std::string& object, uint64_t n) {
  const Lock lock(library_mutex());
  std::vector<int> index(n);
  for (size_t i = 0; i < n; ++i) index[i] = static_cast<int>(i);
  const Hdf5Handle links = link_properties(), space = space_of({n});
  {
    const Hdf5Handle d(H5Dcreate2(file_.id(), object.c_str(), H5T_STD_I32LE, space.id(), links.id(),
                                  H5P_DEFAULT, H5P_DEFAULT),
                       close_dataset);
    if (!d || H5Dwrite(d.id(), H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, index.data()) < 0)
      fail(path_, fmt::format("cannot write '{}'", object));
  }
  make_dimension_scale(object);
}

void Hdf5File::append_events(const std::string& object, const std::vector<EventRecord>& events) {
  const Lock lock(library_mutex());
  if (!exists(object)) {
    const hsize_t max = H5S_UNLIMITED, chunk = 256;
    const Hdf5Handle links = link_properties(), space = space_of({0}, &max),
                     type = event_type(false);
    const Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), close_plist);
    H5Pset_chunk(creation.id(), 1, &chunk);
    const Hdf5Handle d(H5Dcreate2(file_.id(), object.c_str(), type.id(), space.id(), links.id(),
                                  creation.id(), H5P_DEFAULT),
                       close_dataset);
    if (!d) fail(path_, fmt::format("cannot write '{}'", object));
  }
  if (events.empty()) return;
  std::vector<EventRow> rows;
  rows.reserve(events.size());
  for (const EventRecord& e : events)
    rows.push_back({e.time, e.component.c_str(), e.name.c_str(), e.from.c_str(), e.to.c_str(),
                    e.text.c_str()});
  const Hdf5Handle d = open_dataset(file_, path_, object);
  const hsize_t before = dims_of(d).at(0), n = rows.size(), after = before + n;
  if (H5Dset_extent(d.id(), &after) < 0) fail(path_, fmt::format("cannot write '{}'", object));
  const Hdf5Handle file_space(H5Dget_space(d.id()), close_space), memory_space = space_of({n});
  H5Sselect_hyperslab(file_space.id(), H5S_SELECT_SET, &before, nullptr, &n, nullptr);
  const Hdf5Handle type = event_type(true);
  if (H5Dwrite(d.id(), type.id(), memory_space.id(), file_space.id(), H5P_DEFAULT, rows.data()) < 0)
    fail(path_, fmt::format("cannot write '{}'", object));
}

std::vector<EventRecord> Hdf5File::read_events(const std::string& object) const {
  const Lock lock(library_mutex());
  const Hdf5Handle d = open_dataset(file_, path_, object);
  const auto dims = dims_of(d);
  if (dims.size() != 1) throw IoError(fmt::format("{}: '{}' is no event table", path_, object));
  std::vector<EventRow> rows(dims[0]);
  std::vector<EventRecord> out;
  if (rows.empty()) return out;
  const Hdf5Handle type = event_type(true), space(H5Dget_space(d.id()), close_space);
  if (H5Dread(d.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.data()) < 0)
    fail(path_, fmt::format("cannot read '{}'", object));
  const auto text = [](const char* s) { return std::string(s ? s : ""); };
  for (const EventRow& r : rows)
    out.push_back(
        {r.time, text(r.component), text(r.name), text(r.from), text(r.to), text(r.text)});
  H5Dvlen_reclaim(type.id(), space.id(), H5P_DEFAULT, rows.data());
  return out;
}

void Hdf5File::write_records(const std::string& object, const std::vector<RecordColumn>& columns) {
  const Lock lock(library_mutex());
  // Numbers and pointers to texts are equally wide, so a row is an array of such cells.
  union Cell {
    double number;
    const char* text;
  };
  static_assert(sizeof(Cell) == 8);
  const size_t width = columns.size();
  const auto count = [](const RecordColumn& c) {
    return c.texts.empty() ? c.numbers.size() : c.texts.size();
  };
  const size_t rows = columns.empty() ? 0 : count(columns.front());
  const Hdf5Handle text = variable_text_type(),
                   type(H5Tcreate(H5T_COMPOUND, 8 * width), close_type);
  std::vector<Cell> cells(rows * width);
  for (size_t c = 0; c < width; ++c) {
    const RecordColumn& column = columns[c];
    STEPPE_CHECK(count(column) == rows);
    const bool is_text = !column.texts.empty();
    H5Tinsert(type.id(), column.name.c_str(), 8 * c, is_text ? text.id() : H5T_NATIVE_DOUBLE);
    for (size_t r = 0; r < rows; ++r)
      if (is_text)
        cells[r * width + c].text = column.texts[r].c_str();
      else
        cells[r * width + c].number = column.numbers[r];
  }
  const Hdf5Handle links = link_properties(), space = space_of({rows});
  const Hdf5Handle d(H5Dcreate2(file_.id(), object.c_str(), type.id(), space.id(), links.id(),
                                H5P_DEFAULT, H5P_DEFAULT),
                     close_dataset);
  if (!d ||
      (rows > 0 && H5Dwrite(d.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, cells.data()) < 0))
    fail(path_, fmt::format("cannot write '{}'", object));
}

void Hdf5File::link(const std::string& object, const std::string& file, const std::string& target) {
  const Lock lock(library_mutex());
  const Hdf5Handle links = link_properties();
  if (H5Lcreate_external(file.c_str(), target.c_str(), file_.id(), object.c_str(), links.id(),
                         H5P_DEFAULT) < 0)
    fail(path_, fmt::format("cannot write '{}'", object));
}

}  // namespace steppe::io
