using CsCheck;
using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Objectives.OpenSlo;
using ReleaseTracks.Plans;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Objectives.OpenSlo;

public sealed class OpenSloRoundTripTests
{
    private static readonly Gen<Objective> Objective = Gen.Select(DomainGen.Objective, Gen.Int[0, 4], Gen.Int[60, 129_600]).Select((objective, total, minutes) => objective with
    {
        TotalFrom = total < 4 ? (Indicator)total : objective.TotalFrom,
        Window = TimeSpan.FromMinutes(minutes),
    });

    private static readonly Gen<Snapshot> State =
        from features in DomainGen.Feature.Array[0, 3]
        from objectives in Objective.Array[0, 6]
        from places in Gen.Int[0, 5].Array[6]
        select Place(Make.Snapshot([.. features.DistinctBy(feature => feature.Key, StringComparer.Ordinal)]), objectives, places);

    [Fact]
    public void Objectives_OutAndIn_AreTheSame() => State.Sample(state =>
    {
        var all = ScopedObjective.In(state).ToArray();

        var (documents, errors) = Write(all);

        var read = documents.Select(document => OpenSloReader.Read(document)).ToArray();
        Assert.Empty(errors.All);
        Assert.Equal(all, read);
        Assert.Empty(OpenSloImport.Changes(state, documents, errors));
    });

    [Fact]
    public void Objectives_IntoAnotherState_AreInForceThereAfterwards() => Gen.Select(State, State).Sample((from, into) =>
    {
        var wanted = ScopedObjective.In(from).Where(one => one.Feature is null || into.FindUnarchived(one.Feature) is not null).ToArray();
        var (documents, errors) = Write(wanted);

        var after = into;
        foreach (var change in OpenSloImport.Changes(into, documents, errors))
            after = ChangeApplier.Apply(after, change, 2, errors, "");

        Assert.Empty(errors.All);
        var found = ScopedObjective.In(after).ToArray();
        Assert.All(wanted, one => Assert.Contains(one, found));
        var names = wanted.Select(one => (one.Resource, one.Objective.Id)).ToHashSet();
        Assert.All(ScopedObjective.In(into), one => Assert.True(names.Contains((one.Resource, one.Objective.Id)) || found.Contains(one)));
    });

    [Fact]
    public void Names_OfAnyKeys_AreDnsLabelsAndDifferent()
    {
        string[] starts = ["a", "a-b", "ai", "z9"];
        string[] ends = ["", "-", "-b", new string('x', 40)];
        var key = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3]).Select((start, end) => starts[start] + ends[end]);
        Gen.Select(key, key).Array[1, 8].Sample(pairs =>
        {
            var all = pairs.Distinct().Select(pair => new ScopedObjective(null, pair.Item1, Some with { Id = pair.Item2 }))
                .Append(new(TrackKey.Ai, null, Some with { Id = pairs[0].Item2 })).ToArray();

            var names = Write(all).Documents.Select(document => document.Member("metadata").Member("name").RequiredString(63)).ToArray();

            Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
            Assert.All(names, name => Assert.Matches("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", name));
        });
    }

    [Fact]
    public void Window_OfSeconds_IsRefusedByName()
    {
        var (documents, errors) = Write([new(TrackKey.Ai, null, Some with { Window = TimeSpan.FromSeconds(3601) })]);

        Assert.Empty(documents);
        Assert.Equal(new InputError("track/ai.objectives.o.window", "1h1s cannot be said in OpenSLO: choose whole minutes."), Assert.Single(errors.All));
    }

    private static Objective Some { get; } = new() { Id = "o", Indicator = Indicator.Availability, Target = 0.99 };

    private static (JsonInput[] Documents, InputErrors Errors) Write(ScopedObjective[] all)
    {
        var errors = new InputErrors();
        return ([.. OpenSloWriter.Write(all, errors).Select((element, i) => new JsonInput(element, $"documents[{i}]", errors))], errors);
    }

    private static Snapshot Place(Snapshot state, Objective[] objectives, int[] places)
    {
        foreach (var (objective, place) in objectives.Select((one, i) => (one with { Id = $"o-{i}" }, places[i])))
        {
            state = place < 3
                ? state.With((TrackKey)place, track => track with { Config = track.Config with { Objectives = track.Config.Objectives.Add(objective) } })
                : state.Served.ElementAtOrDefault(place - 3) is { } feature
                    ? state.With(new FeatureModel(feature.Config with { Objectives = feature.Config.Objectives.Add(objective) }, 1, feature.Switches))
                    : state;
        }

        return state;
    }
}
