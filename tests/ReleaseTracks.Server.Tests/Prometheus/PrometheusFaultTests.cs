using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Prometheus;

namespace ReleaseTracks.Server.Tests.Prometheus;

/// <summary>Answers a real Prometheus cannot be made to give. None may throw, and none may look like data.</summary>
public class PrometheusFaultTests
{
    private const string Labels = "\"feature\":\"f\",\"track\":\"ai\",\"variant\":\"on\",\"indicator\":\"availability\",\"outcome\":\"good\",\"instance\":\"i\"";

    [Theory]
    [InlineData(200, "<html><body>Sign in</body></html>", "not JSON")]
    [InlineData(200, "", "not JSON")]
    [InlineData(200, "\0\u0001\u0002", "not JSON")]
    [InlineData(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[", "not JSON")]
    [InlineData(200, "{}", "no status")]
    [InlineData(200, "[1,2]", "no status")]
    [InlineData(200, "{\"status\":\"error\",\"error\":\"overloaded\"}", "answered error: overloaded")]
    [InlineData(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}", "a matrix result")]
    [InlineData(200, "{\"status\":\"success\"}", "a missing result")]
    [InlineData(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1,5]}]}}", "not a number in a string")]
    [InlineData(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1,\"five\"]}]}}", "not a number in a string")]
    [InlineData(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{}}]}}", "has no value")]
    [InlineData(422, "{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"query timed out in expression evaluation\"}", "HTTP 422: query timed out in expression evaluation")]
    [InlineData(502, "<html>Bad gateway</html>", "HTTP 502 with something that is not JSON")]
    [InlineData(503, "", "HTTP 503")]
    [InlineData(204, "", "HTTP 204")]
    [InlineData(302, "", "HTTP 302")]
    public async Task Answer_ThatIsNoVector_IsUnavailableWithAReason(int status, string body, string reason)
    {
        var reading = await ReadAsync(status, body);

        Assert.Equal(ReadingStatus.Unavailable, reading.Status);
        Assert.Contains(reason, reading.Fault, StringComparison.Ordinal);
        Assert.Empty(reading.Samples);
    }

    [Fact]
    public async Task Answer_WithWarnings_IsPartial()
    {
        var reading = await ReadAsync(200, Vector($"{{\"metric\":{{{Labels}}},\"value\":[1,\"5\"]}}", "\"warnings\":[\"store b is down\"],"));

        Assert.Equal(ReadingStatus.Partial, reading.Status);
        Assert.Contains("store b is down", reading.Fault, StringComparison.Ordinal);
        Assert.Empty(reading.Samples);
    }

    [Fact]
    public async Task Answer_Empty_IsOkWithoutSamples()
    {
        var reading = await ReadAsync(200, Vector(""));

        Assert.Equal((ReadingStatus.Ok, 0), (reading.Status, reading.Samples.Count));
    }

    [Theory]
    [InlineData("NaN", double.NaN)]
    [InlineData("+Inf", double.PositiveInfinity)]
    [InlineData("-Inf", double.NegativeInfinity)]
    [InlineData("1.5e+06", 1_500_000)]
    public async Task Value_InAnyForm_IsRead(string text, double value)
    {
        var reading = await ReadAsync(200, Vector($"{{\"metric\":{{{Labels}}},\"value\":[1.5,\"{text}\"]}}"));

        Assert.Equal(value, Assert.Single(reading.Samples).Value);
    }

    [Theory]
    [InlineData("\"feature\":\"f\",", "", "the label feature")]
    [InlineData("\"variant\":\"on\",", "", "the label variant")]
    [InlineData("\"outcome\":\"good\",", "", "the label outcome")]
    [InlineData("\"track\":\"ai\"", "\"track\":\"beta\"", "unknown track \"beta\"")]
    [InlineData("availability", "mood", "unknown indicator \"mood\"")]
    [InlineData("\"good\"", "\"meh\"", "unknown outcome \"meh\"")]
    public async Task Labels_ThatAreMissingOrUnknown_AreLeftOutWithARemark(string label, string instead, string remark)
    {
        var odd = Labels.Replace(label, instead, StringComparison.Ordinal);
        var reading = await ReadAsync(200, Vector($"{{\"metric\":{{{odd}}},\"value\":[1,\"5\"]}},{{\"metric\":{{{Labels}}},\"value\":[1,\"6\"]}}"));

        Assert.Equal(ReadingStatus.Ok, reading.Status);
        Assert.Equal(6, Assert.Single(reading.Samples).Value);
        Assert.Contains(remark, Assert.Single(reading.Diagnostics), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_ThatNeverEnds_IsCutOff()
    {
        var options = new PrometheusOptions { Url = new Uri("http://prometheus"), MaxResponseBytes = 1024 * 1024 };
        var reading = await ReadAsync(200, "{\"status\":\"" + new string('x', 2 * 1024 * 1024), options);

        Assert.EndsWith("answered more than 1 MB", reading.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_WithPathAndPassword_KeepsThePathAndHidesThePassword()
    {
        var handler = new FakeHandler(500, "");
        var options = new PrometheusOptions { Url = new Uri("https://ops:s3cret@host/prom/") };
        var reading = await ReadAsync(handler, options);

        Assert.Equal("https://host/prom/api/v1/query", handler.Address);
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("ops:s3cret")), handler.Authorization);
        Assert.DoesNotContain("s3cret", reading.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caller_ThatCancels_IsNotAFaultOfPrometheus()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        using var http = new HttpClient(new FakeHandler(200, ""));
        var source = new PrometheusOutcomeSource(http, new PrometheusOptions { Url = new Uri("http://p") }, TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.ReadAsync(cancelled.Token));
    }

    [Fact]
    public async Task Answer_InPiecesOfAnySize_IsTheSame()
    {
        var rows = string.Join(',', Enumerable.Range(0, 40).Select(n => $"{{\"metric\":{{{Labels.Replace("\"f\"", $"\"f\\u0041{n}\"", StringComparison.Ordinal)}}},\"value\":[1,\"{n}\"]}}"));
        foreach (var size in (int[])[1, 7, 64, 1000])
        {
            var reading = await ReadAsync(new FakeHandler(200, Vector(rows)) { PieceSize = size }, null);
            Assert.Equal(Enumerable.Range(0, 40).Select(n => ($"fA{n}", (double)n)), reading.Samples.Select(s => (s.Series.Feature, s.Value)));
        }
    }

    private static string Vector(string rows, string extra = "") =>
        $"{{\"status\":\"success\",{extra}\"data\":{{\"resultType\":\"vector\",\"result\":[{rows}]}}}}";

    private static Task<CounterReading> ReadAsync(int status, string body, PrometheusOptions? options = null) =>
        ReadAsync(new FakeHandler(status, body), options);

    private static async Task<CounterReading> ReadAsync(FakeHandler handler, PrometheusOptions? options)
    {
        using var http = new HttpClient(handler);
        var source = new PrometheusOutcomeSource(
            http, options ?? new PrometheusOptions { Url = new Uri("http://prometheus") }, new FakeTimeProvider());
        return await source.ReadAsync(TestContext.Current.CancellationToken);
    }

    private sealed class FakeHandler(int status, string body) : HttpMessageHandler
    {
        public string? Address { get; private set; }

        public string? Authorization { get; private set; }

        public int PieceSize { get; init; } = int.MaxValue;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Address = request.RequestUri!.ToString();
            Authorization = request.Headers.Authorization?.ToString();
            var content = new StreamContent(new PieceStream(Encoding.UTF8.GetBytes(body), PieceSize));
            return Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { Content = content });
        }
    }

    private sealed class PieceStream(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
