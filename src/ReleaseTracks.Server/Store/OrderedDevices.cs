using Tsavorite.core;

namespace ReleaseTracks.Server.Store;

/// <summary>The files of Garnet, with its log as an <see cref="OrderedDevice"/>.</summary>
internal sealed class OrderedDevices(INamedDeviceFactoryCreator devices) : INamedDeviceFactoryCreator
{
    private const string Log = "hlog";

    public INamedDeviceFactory Create(string baseName) => new Factory(devices.Create(baseName));

    private sealed class Factory(INamedDeviceFactory devices) : INamedDeviceFactory
    {
        public IDevice Get(FileDescriptor fileInfo) => fileInfo.fileName == Log ? new OrderedDevice(devices.Get(fileInfo)) : devices.Get(fileInfo);

        public void Delete(FileDescriptor fileInfo) => devices.Delete(fileInfo);

        public IEnumerable<FileDescriptor> ListContents(string path) => devices.ListContents(path);

        public uint GetSectorSize(FileDescriptor fileInfo) => devices.GetSectorSize(fileInfo);
    }
}
