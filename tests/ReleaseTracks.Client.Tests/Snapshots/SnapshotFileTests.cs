using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Client.Snapshots;
using ReleaseTracks.Client.Tests.Harness;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Client.Tests.Snapshots;

public sealed class SnapshotFileTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly FakeTimeProvider time = FakeClock.At();

    private string FilePath => Path.Combine(directory.Path, "below", "snapshot.json");

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Load_AfterSave_IsTheSameWithItsAge()
    {
        File().Save("one"u8);
        time.Advance(TimeSpan.FromMinutes(5));
        var (json, age) = File().Load()!.Value;

        Assert.Equal("one"u8.ToArray(), json);
        Assert.Equal(TimeSpan.FromMinutes(5), age);
    }

    [Fact]
    public void Touch_WhatTheServerVouchedFor_IsYoungAgain()
    {
        var file = File();
        file.Save("one"u8);
        time.Advance(TimeSpan.FromMinutes(5));
        file.Touch();
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromSeconds(1), file.Load()!.Value.Age);
    }

    [Fact]
    public void Load_FileFromTheFuture_IsNotYoungerThanNow()
    {
        File().Save("one"u8);
        System.IO.File.SetLastWriteTimeUtc(FilePath, time.GetUtcNow().UtcDateTime.AddDays(3));

        Assert.Equal(TimeSpan.Zero, File().Load()!.Value.Age);
    }

    [Fact]
    public void Save_Often_LeavesOneFileThatOnlyItsOwnerReads()
    {
        var file = File();
        file.Save("one"u8);
        file.Save("two"u8);

        Assert.Equal([FilePath], Directory.GetFiles(Path.GetDirectoryName(FilePath)!));
        Assert.Equal("two"u8.ToArray(), file.Load()!.Value.Json);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void Save_WhereNoFileCanBe_DoesNotThrow()
    {
        System.IO.File.WriteAllText(Path.Combine(directory.Path, "below"), "a file, not a folder");

        File().Save("one"u8);
        File().Touch();

        Assert.Null(File().Load());
    }

    [Fact]
    public void Load_WithoutAFile_IsNothing()
    {
        Assert.Null(File().Load());
        Assert.Null(File(path: "").Load());
    }

    private SnapshotFile File(string? path = null) => new(
        Options.Create(new ReleaseTracksOptions { SnapshotPath = path ?? FilePath, Endpoint = new("http://localhost") }), time, NullLogger<SnapshotFile>.Instance);
}
