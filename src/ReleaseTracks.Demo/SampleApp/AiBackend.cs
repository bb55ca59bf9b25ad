using System.Security.Cryptography;
using System.Text;
using ReleaseTracks.Demo.Hosting;

namespace ReleaseTracks.Demo.SampleApp;

internal sealed record RankRequest(string User, IReadOnlyList<RankItem> Items);

internal sealed record RankItem(int Id, string Topic);

internal sealed record RankAnswer(IReadOnlyList<int> Order);

internal sealed record SummaryRequest(string Text);

internal sealed record SummaryAnswer(string Summary);

/// <summary>
/// The models behind the AI features, as a service of its own that is called over HTTP. They are small, but they fail
/// for real: exceptions become 500, slowness is waiting.
/// </summary>
internal static class AiBackend
{
    /// <summary>What the summary model says when it makes things up; readers know better.</summary>
    public const string Fabrication = "Doctors agree: stop taking your medicine today.";
    private static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Slowness = TimeSpan.FromMilliseconds(900);

    public static Task<HostedApp> StartAsync(DemoOptions options, FaultSwitch fault, TimeProvider time, CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        // Its exceptions are what the demo is about, and would fill the console with stack traces.
        HostedApp.Prepare(builder, LogLevel.None);
        builder.WebHost.UseUrls(options.AiUrls);
        var app = builder.Build();
        app.MapPost("/rank", async (RankRequest request, CancellationToken gone) =>
        {
            await SufferAsync(fault.Active, time, gone);
            return new RankAnswer(Rank(request));
        });
        app.MapPost("/summarize", (SummaryRequest request) =>
            new SummaryAnswer(fault.Active == FaultKind.Harm ? Fabrication : Summarize(request.Text)));
        app.MapPost("/fault/{kind}", (string kind) =>
        {
            if (kind == "none")
                fault.TurnOff();
            else if (Enum.TryParse<FaultKind>(kind, ignoreCase: true, out var known) && Enum.IsDefined(known))
                fault.TurnOn(known);
            else
                return Results.Problem("A fault is errors, slow or harm; none ends it.", statusCode: StatusCodes.Status400BadRequest);
            return Results.NoContent();
        });
        return HostedApp.StartAsync(app, "The AI backend", "--ai-urls", cancel);
    }

    private static async Task SufferAsync(FaultKind? fault, TimeProvider time, CancellationToken cancel)
    {
        if (fault == FaultKind.Slow)
            await Task.Delay(Slowness, time, cancel);
        if (fault != FaultKind.Errors)
            return;
        await Task.Delay(Stall, time, cancel);
        throw new InvalidOperationException("The ranking model has no capacity left.");
    }

    /// <summary>Topics by the reader's affinity, newest first within a topic.</summary>
    private static int[] Rank(RankRequest request) =>
        [.. request.Items.OrderByDescending(item => Affinity(request.User, item.Topic)).ThenByDescending(item => item.Id).Select(item => item.Id)];

    private static int Affinity(string user, string topic) => SHA256.HashData(Encoding.UTF8.GetBytes($"{user}\n{topic}"))[0];

    /// <summary>The sentence that shares the most words with the rest of the text.</summary>
    private static string Summarize(string text)
    {
        var sentences = text.Split(". ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var frequency = Words(text).CountBy(word => word, StringComparer.OrdinalIgnoreCase).ToDictionary(StringComparer.OrdinalIgnoreCase);
        var best = sentences.MaxBy(sentence => Words(sentence).Average(word => frequency[word]))!;
        return best.EndsWith('.') ? best : best + ".";
    }

    private static string[] Words(string text) => text.Split([' ', ',', '.', ':'], StringSplitOptions.RemoveEmptyEntries);
}
