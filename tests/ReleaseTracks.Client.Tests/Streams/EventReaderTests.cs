using System.IO.Pipelines;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Client.Streams;
using ReleaseTracks.Client.Tests.Harness;

namespace ReleaseTracks.Client.Tests.Streams;

public sealed class EventReaderTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(40);
    private readonly FakeTimeProvider time = FakeClock.At();

    [Fact]
    public async Task Read_EventsAndComments_AreGivenInOrder()
    {
        var events = await AllAsync(": connected\n\nevent: revision\nid: 7\ndata: {\"revision\":7}\n\ndata: a\r\ndata: b\r\n\r\nevent: lost\n\n");

        Assert.Equal([ServerEvent.SignOfLife, new("revision", "{\"revision\":7}"), new("message", "a\nb")], events);
    }

    [Fact]
    public async Task Read_EventCutOff_IsNotGiven() => Assert.Empty(await AllAsync("event: revision\ndata: {\"revi"));

    [Theory]
    [InlineData("<html><body>404</body></html>\n")]
    [InlineData("{\"revision\":7}\n")]
    [InlineData("\u0000\u0001\u0002\n")]
    public async Task Read_WhatIsNoStream_IsRefused(string text) => await Assert.ThrowsAsync<InvalidDataException>(() => AllAsync(text));

    [Fact]
    public async Task Read_LineWithoutEnd_IsRefused() => await Assert.ThrowsAsync<InvalidDataException>(() => AllAsync("data: " + new string('x', 200_000)));

    [Fact]
    public async Task Read_EventWithoutEnd_IsRefused() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => AllAsync(string.Concat(Enumerable.Repeat($"data: {new string('x', 1000)}\n", 100))));

    [Fact]
    public async Task Read_NothingComes_EndsInTime()
    {
        var pipe = new Pipe();
        var reading = AllAsync(pipe.Reader.AsStream());

        time.Advance(Silence - TimeSpan.FromSeconds(1));
        Assert.False(reading.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAsync<TimeoutException>(() => reading.WaitAsync(ClientApp.Bound, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Read_DrippingBytesThatAreNoLine_EndsInTime()
    {
        var pipe = new Pipe();
        var reading = AllAsync(pipe.Reader.AsStream());
        for (var i = 0; i < 45; i++)
        {
            await pipe.Writer.WriteAsync(":"u8.ToArray(), TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        await Assert.ThrowsAsync<TimeoutException>(() => reading.WaitAsync(ClientApp.Bound, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Read_AnyBytes_EndsWithEventsOrARefusal() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        try
        {
            AllAsync(new MemoryStream(bytes)).GetAwaiter().GetResult();
        }
        catch (InvalidDataException)
        {
            // Refused.
        }
    });

    private Task<List<ServerEvent>> AllAsync(string text) => AllAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private async Task<List<ServerEvent>> AllAsync(Stream stream)
    {
        var events = new List<ServerEvent>();
        await foreach (var one in new EventReader(stream, Silence, time).ReadAsync(TestContext.Current.CancellationToken))
            events.Add(one);
        return events;
    }
}
