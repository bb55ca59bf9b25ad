using CsCheck;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Tracks.Editing;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Tracks;

/// <summary>What the form of a track makes of what was typed.</summary>
public sealed class TrackDraftTests
{
    private static readonly Snapshot State = LedgerBuilder.Opened().State;

    private static readonly Gen<TimeSpan> Span = Gen.Long[0, 366L * 86_400_000].Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds));

    private static readonly Gen<Objective> Objectives =
        from id in Gen.String[Gen.Char["abcxyz019"], 1, 8]
        from indicator in Gen.Enum<Indicator>()
        from target in Gen.Double[0.0001, 0.9999]
        from window in Gen.Int[1, 90 * 24]
        from breach in Gen.Int[-1, 2].Select(one => one < 0 ? (BreachAction?)null : (BreachAction)one)
        from outage in Gen.Enum<SharedOutageAction>()
        from spent in Gen.Double[0, 1]
        from source in Gen.Bool
        select new Objective
        {
            Id = id,
            Indicator = indicator,
            Target = target,
            Window = TimeSpan.FromHours(window),
            OnBreach = breach,
            Alpha = target / 3,
            Margin = 1 + (spent * 50),
            SharedOutage = outage,
            MinBudgetSpent = spent,
            TotalFrom = Indicator.Availability,
            Source = source ? new("sum(good)", null, "sum(total)") : null,
        };

    private static readonly Gen<Track> Tracks =
        from objectives in Objectives.Array[0, 4]
        from playbook in Gen.String[Gen.Char["abc ,.;'\"<>é"], 1, 30].Select(step => $"-{step}-").Array[0, 5]
        from soak in Span
        from cooldown in Span
        from volume in Gen.Long[0, 1_000_000_000_000]
        from step in Gen.Double[0.01, 100]
        from windows in Gen.Int[1, 31 * 24].Select(hours => new FreezeWindow("0 18 * * FRI", TimeSpan.FromHours(hours), "Europe/Berlin")).Array[0, 3]
        select State.Tracks[TrackKey.Innovative].Config with
        {
            Objectives = [.. objectives.DistinctBy(one => one.Id)],
            Playbook = [.. playbook],
            Limits = new() { SoakTime = soak, RollbackCooldown = cooldown, SoakVolume = volume, MaxStepPercent = step, FreezeWindows = [.. windows] },
            CohortPercent = 12.5,
            Disclosure = new(3, "What it does.", "https://example.com/ai"),
        };

    [Fact]
    public void Draft_NothingTyped_IsTheTrackItBeganWith() => Tracks.Sample(track =>
    {
        var errors = new InputErrors();
        var draft = PlanDraft.Read(new TrackDraft(new(track, 1)).Body(), State, errors);

        Assert.Empty(errors.All);
        Assert.Equal(Written(track), Written(Assert.IsType<Change.TrackPut>(Assert.Single(draft!.Changes)).Track));
    });

    [Fact]
    public void Draft_AnythingTyped_IsRefusedAtAFieldOrReadAsTyped() => Gen.String.Sample(typed =>
    {
        var draft = new TrackDraft(State.Tracks[TrackKey.Ai]) { SoakTime = typed, SoakVolume = typed, MaxStepPercent = typed };
        draft.Objectives[0].Target = typed;
        draft.Objectives[0].Window = typed;
        draft.FreezeWindows.Add(new() { Cron = typed, Duration = typed, TimeZone = typed });
        var errors = new InputErrors();

        PlanDraft.Read(draft.Body(), State, errors);

        Assert.NotEmpty(errors.All);
        Assert.Empty(FieldFaults.Of(errors, draft.Fields()).Others);
        Assert.Equal(typed, draft.SoakTime);
    });

    [Fact]
    public void Faults_OfEveryKind_StandAtTheFieldTheyName()
    {
        var draft = new TrackDraft(State.Tracks[TrackKey.Ai]) { SoakVolume = "many", Playbook = $"Call support.\n{new string('x', 1001)}" };
        draft.Objectives[1].Target = "1";
        draft.Objectives[2].Good = "sum(good)";
        draft.Objectives[2].Bad = "sum(bad)";
        draft.Objectives.Add(new() { Id = "availability", Target = "0,9" });
        var errors = new InputErrors();

        PlanDraft.Read(draft.Body(), State, errors);

        var faults = FieldFaults.Of(errors, draft.Fields());
        Assert.Empty(faults.Others);
        Assert.Equal(["Must be a whole number."], faults.At("limits.soakVolume"));
        Assert.StartsWith("Step 2: Has 1001 characters", Assert.Single(faults.At("playbook")), StringComparison.Ordinal);
        Assert.StartsWith("Must be above 0 and below 1", Assert.Single(faults.At("objectives[1].target")), StringComparison.Ordinal);
        Assert.StartsWith("Give exactly one of good and bad", Assert.Single(faults.At("objectives[2].source")), StringComparison.Ordinal);
        Assert.Equal(["Missing: give a string."], faults.At("objectives[2].source.total"));
        Assert.StartsWith("Given twice", Assert.Single(faults.At("objectives[3].id")), StringComparison.Ordinal);
        Assert.Equal(["Must be a number."], faults.At("objectives[3].target"));
        Assert.Equal(
            ["objective 2 target", "objective 3 source", "objective 3 source.total", "objective 4 id", "objective 4 target", "playbook", "soakVolume"],
            faults.Fields.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Faults_OfNoField_AreSaidForTheWhole()
    {
        var errors = new InputErrors();
        errors.Add("changes[0]", "The track is gone.");

        var faults = FieldFaults.Of(errors, new TrackDraft(State.Tracks[TrackKey.Ai]).Fields());

        Assert.Equal(["The track is gone."], faults.Others);
        Assert.Empty(faults.Fields);
    }

    private static string Written(Track track) => Json.Build(json => TrackJson.Write(json, track)).GetRawText();
}
