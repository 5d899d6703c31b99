#include "weft/data/source/hdf5_address_driver.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <new>

namespace weft {

namespace {

/// What the library holds of an open file; `base` must be first, as it casts between the two.
struct AddressFile {
  H5FD_t base{};
  int descriptor = -1;
  haddr_t end_of_address = 0;
  haddr_t end_of_file = 0;
  dev_t device = 0;
  ino_t inode = 0;
  bool is_asked = false;              ///< raw data are not read, but where they lie is noted
  haddr_t raw_address = HADDR_UNDEF;  ///< of the last raw data asked for
  hsize_t raw_bytes = 0;
};

AddressFile* as_address_file(H5FD_t* file) { return reinterpret_cast<AddressFile*>(file); }
const AddressFile* as_address_file(const H5FD_t* file) { return reinterpret_cast<const AddressFile*>(file); }

H5FD_t* driver_open(const char* name, unsigned flags, hid_t /*access*/, haddr_t /*max*/) {
  if ((flags & H5F_ACC_RDWR) != 0) return nullptr;
  const int descriptor = ::open(name, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  struct stat status {};
  auto* file = new (std::nothrow) AddressFile;
  if (file == nullptr || ::fstat(descriptor, &status) != 0) {
    ::close(descriptor);
    delete file;
    return nullptr;
  }
  file->descriptor = descriptor;
  file->end_of_file = static_cast<haddr_t>(status.st_size);
  file->device = status.st_dev;
  file->inode = status.st_ino;
  return &file->base;
}

herr_t driver_close(H5FD_t* base) {
  AddressFile* file = as_address_file(base);
  ::close(file->descriptor);
  delete file;
  return 0;
}

int driver_compare(const H5FD_t* a, const H5FD_t* b) {
  const AddressFile* left = as_address_file(a);
  const AddressFile* right = as_address_file(b);
  if (left->device != right->device) return left->device < right->device ? -1 : 1;
  if (left->inode != right->inode) return left->inode < right->inode ? -1 : 1;
  return 0;
}

herr_t driver_query(const H5FD_t* /*file*/, unsigned long* flags) {
  *flags = 0;
  return 0;
}

haddr_t driver_get_eoa(const H5FD_t* file, H5FD_mem_t /*type*/) {
  return as_address_file(file)->end_of_address;
}

herr_t driver_set_eoa(H5FD_t* file, H5FD_mem_t /*type*/, haddr_t address) {
  as_address_file(file)->end_of_address = address;
  return 0;
}

haddr_t driver_get_eof(const H5FD_t* file, H5FD_mem_t /*type*/) { return as_address_file(file)->end_of_file; }

herr_t driver_read(H5FD_t* base, H5FD_mem_t type, hid_t /*transfer*/, haddr_t address, size_t bytes,
                   void* into) {
  AddressFile* file = as_address_file(base);
  // The global heap, where virtual layouts are, comes as raw data too; nobody asks for its address.
  if (type == H5FD_MEM_DRAW && file->is_asked) {
    file->raw_address = address;
    file->raw_bytes = bytes;
    return 0;
  }
  auto* to = static_cast<char*>(into);
  while (bytes > 0) {
    const ssize_t got = ::pread(file->descriptor, to, bytes, static_cast<off_t>(address));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return -1;
    to += got;
    address += static_cast<haddr_t>(got);
    bytes -= static_cast<size_t>(got);
  }
  return 0;
}

herr_t driver_write(H5FD_t* /*file*/, H5FD_mem_t /*type*/, hid_t /*transfer*/, haddr_t /*address*/,
                    size_t /*bytes*/, const void* /*from*/) {
  return -1;
}

herr_t driver_handle(H5FD_t* file, hid_t /*access*/, void** handle) {
  *handle = file;
  return 0;
}

hid_t register_driver() {
  static H5FD_class_t driver{};
  driver.name = "weft_address";
  driver.maxaddr = INT64_MAX;
  driver.fc_degree = H5F_CLOSE_STRONG;
  driver.open = driver_open;
  driver.close = driver_close;
  driver.cmp = driver_compare;
  driver.query = driver_query;
  driver.get_eoa = driver_get_eoa;
  driver.set_eoa = driver_set_eoa;
  driver.get_eof = driver_get_eof;
  driver.get_handle = driver_handle;
  driver.read = driver_read;
  driver.write = driver_write;
  // Every kind of memory is its own: raw data must stay told apart.
  for (H5FD_mem_t& type : driver.fl_map) type = H5FD_MEM_DEFAULT;
  return H5FDregister(&driver);
}

}  // namespace

Hdf5AddressFile::Hdf5AddressFile(const std::filesystem::path& path) {
  static const hid_t driver = register_driver();
  access_ = Hdf5Id(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  if (driver < 0 || H5Pset_driver(access_.get(), driver, nullptr) < 0) return;
  file_ = Hdf5Id(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access_.get()), H5Fclose);
}

bool Hdf5AddressFile::find_chunk(hid_t dataset, const hsize_t* at, Chunk& chunk) const {
  chunk = {};
  void* handle = nullptr;
  if (H5Fget_vfd_handle(file_.get(), H5P_DEFAULT, &handle) < 0) return false;
  auto* file = static_cast<AddressFile*>(handle);
  file->raw_address = HADDR_UNDEF;
  char untouched = 0;  // the driver writes nothing into it
  file->is_asked = true;
  const herr_t found = H5Dread_chunk(dataset, H5P_DEFAULT, at, &chunk.filters_left_out, &untouched);
  file->is_asked = false;
  if (found < 0) return false;
  chunk.address = file->raw_address;
  chunk.bytes = file->raw_bytes;
  return chunk.address != HADDR_UNDEF;
}

}  // namespace weft
