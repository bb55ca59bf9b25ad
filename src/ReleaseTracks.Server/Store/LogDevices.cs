using Tsavorite.core;

namespace ReleaseTracks.Server.Store;

/// <summary>The files of Garnet, with <paramref name="wrap"/> around those of its log and of the objects in it.</summary>
internal sealed class LogDevices(INamedDeviceFactoryCreator devices, Func<IDevice, IDevice> wrap) : INamedDeviceFactoryCreator
{
    private static readonly string[] Logs = ["hlog", "hlog_objs"];

    public INamedDeviceFactory Create(string baseName) => new Factory(devices.Create(baseName), wrap);

    private sealed class Factory(INamedDeviceFactory devices, Func<IDevice, IDevice> wrap) : INamedDeviceFactory
    {
        public IDevice Get(FileDescriptor fileInfo) => Logs.Contains(fileInfo.fileName) ? wrap(devices.Get(fileInfo)) : devices.Get(fileInfo);

        public void Delete(FileDescriptor fileInfo) => devices.Delete(fileInfo);

        public IEnumerable<FileDescriptor> ListContents(string path) => devices.ListContents(path);

        public uint GetSectorSize(FileDescriptor fileInfo) => devices.GetSectorSize(fileInfo);
    }
}
