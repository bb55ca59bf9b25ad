using System.Security.Claims;
using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Plans;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tracks.Editing;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Tracks;

/// <summary>The form of a track against the real plan service.</summary>
public sealed class TrackEditorTests : BunitContext, IAsyncLifetime
{
    private TestServer server = null!;
    private int closed;

    public TrackEditorTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync();
        var person = AddAuthorization().SetAuthorized("ada");
        person.SetPolicies(Policies.View, Policies.Propose);
        person.SetClaims(new Claim(ClaimTypes.NameIdentifier, "ada"));
        Services.AddScoped<PageCaller>();
        Services.AddSingleton(server.Services.GetRequiredService<PlanService>());
        Services.AddSingleton(server.Services.GetRequiredService<SnapshotHolder>());
        SetRendererInfo(new RendererInfo("Server", true));
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Editor_WrongField_SaysSoThereAndKeepsEverythingTyped()
    {
        var editor = Draw();

        Type(editor, "Target", "1");
        Type(editor, "Soak volume", "many");
        Type(editor, "What people do after a rollback", "Call support.");
        await LookAsync(editor);

        editor.WaitForAssertion(() => Assert.Contains("2 fields need a correction: objective 1 target; soakVolume.", editor.Find("[role=alert]").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(60));
        var target = Field(editor, "Target");
        Assert.Equal("true", target.GetAttribute("aria-invalid"));
        Assert.Contains("Must be above 0 and below 1", Described(editor, target), StringComparison.Ordinal);
        Assert.Contains("Must be a whole number", Described(editor, Field(editor, "Soak volume")), StringComparison.Ordinal);
        Assert.Equal("1", target.GetAttribute("value"));
        Assert.Equal("Call support.", Field(editor, "What people do after a rollback").GetAttribute("value"));
        Assert.Empty(editor.FindAll("dialog"));
    }

    [Fact]
    public async Task Editor_Corrected_ShowsThePlanProposesItAndAppliesNothing()
    {
        var editor = Draw();
        var revision = server.Services.GetRequiredService<SnapshotHolder>().Current.Revision;

        Type(editor, "Target", "0.98");
        await LookAsync(editor);
        editor.WaitForAssertion(() => Assert.Contains("objectives", editor.Find("dialog .preview").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(60));
        await editor.FindAll("dialog button").Single(button => button.TextContent == "Propose").ClickAsync(new());
        editor.WaitForAssertion(() => Assert.Contains("Nothing has changed yet", editor.Find("dialog").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(60));

        var state = server.Services.GetRequiredService<SnapshotHolder>().Current;
        Assert.Equal(revision + 1, state.Revision);
        Assert.Equal(0.99, state.Tracks[TrackKey.Ai].Config.Objectives[0].Target);
        Assert.Equal("ada", Assert.Single(state.Plans.All).Plan.Author.Id);
        await editor.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
        Assert.Equal(1, closed);
    }

    [Fact]
    public async Task Editor_PreviewClosedWithoutAPlan_StaysWithWhatWasTyped()
    {
        var editor = Draw();

        Type(editor, "Target", "0.98");
        await LookAsync(editor);
        editor.WaitForElement("dialog .preview", TimeSpan.FromSeconds(60));
        await editor.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);

        Assert.Empty(editor.FindAll("dialog"));
        Assert.Equal("0.98", Field(editor, "Target").GetAttribute("value"));
        Assert.Equal(0, closed);
    }

    [Fact]
    public void Editor_TrackChangedMeanwhile_SaysSoAndKeepsWhatWasTyped()
    {
        var editor = Draw();
        Type(editor, "Target", "0.98");

        editor.Render(parameters => parameters.Add(one => one.Track, Track with { Revision = Track.Revision + 5 }));

        Assert.Contains("changed meanwhile", editor.Find(".fault").TextContent, StringComparison.Ordinal);
        Assert.Equal("0.98", Field(editor, "Target").GetAttribute("value"));
        editor.Find(".fault button").Click();
        Assert.Equal("0.99", Field(editor, "Target").GetAttribute("value"));
    }

    [Fact]
    public void Editor_ObjectiveAddedAndRemoved_KeepsTheOthersAsTyped()
    {
        var editor = Draw();
        var before = editor.FindAll("legend").Count;

        editor.FindAll("button").Single(button => button.TextContent == "Add an objective").Click();
        Assert.Equal(before + 1, editor.FindAll("legend").Count);
        editor.Find("button[aria-label='Remove objective 1 availability']").Click();

        Assert.Equal(["Objective 1: quality", "Objective 2: harm", "Objective 3"], editor.FindAll("legend").Select(legend => legend.TextContent));
        Assert.Equal("0.95", Field(editor, "Target").GetAttribute("value"));
    }

    private TrackModel Track => server.Services.GetRequiredService<SnapshotHolder>().Current.Tracks[TrackKey.Ai];

    private IRenderedComponent<TrackEditor> Draw() => Render<TrackEditor>(parameters => parameters
        .Add(editor => editor.Track, Track)
        .Add(editor => editor.OnClosed, EventCallback.Factory.Create(this, () => closed++)));

    private static IElement Field(IRenderedComponent<TrackEditor> editor, string label) =>
        editor.Find("#" + editor.FindAll("label").First(one => one.TextContent.StartsWith(label, StringComparison.Ordinal)).GetAttribute("for"));

    private static void Type(IRenderedComponent<TrackEditor> editor, string label, string text) => Field(editor, label).Change(text);

    private static string Described(IRenderedComponent<TrackEditor> editor, IElement field) =>
        string.Join(' ', field.GetAttribute("aria-describedby")!.Split(' ').Select(id => editor.Find("#" + id).TextContent));

    private static Task LookAsync(IRenderedComponent<TrackEditor> editor) => editor.Find("form").SubmitAsync();
}
