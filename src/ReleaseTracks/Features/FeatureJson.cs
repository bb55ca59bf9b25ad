using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using ReleaseTracks.Ledger;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Features;

/// <summary>Reads and writes a feature as it stands in plans, in the ledger and on the API.</summary>
public static class FeatureJson
{
    private const int MostVariants = 100;
    private const int MostObjectives = 20;
    private const int MostValueBytes = 64 * 1024;
    private const int MostValueDepth = 32;
    private const double WeightSlack = 1e-9;
    private static readonly JsonElement On = JsonElement.Parse("true");
    private static readonly JsonElement Off = JsonElement.Parse("false");

    /// <summary>
    /// Reads a feature. Absent <c>releases</c> keep those of <paramref name="existing"/>, so that renaming a feature
    /// cannot take it away from anybody by accident.
    /// </summary>
    public static Feature? Read(JsonInput input, Feature? existing)
    {
        var before = input.Errors.Count;
        if (!input.RequireObject("key", "name", "owner", "ai", "variants", "fallback", "disclosure", "releases", "objectives"))
            return null;

        var key = ReadKey(input.Member("key"));
        var variants = ReadVariants(input.Member("variants"));
        var fallback = input.Member("fallback").RequiredString(63);
        if (fallback.Length > 0 && !variants.IsEmpty && variants.All(variant => variant.Name != fallback))
            input.Member("fallback").Fail($"There is no such variant; choose one of {Names(variants)}.");
        var ai = input.Member("ai").Flag();
        var disclosure = TrackJson.ReadDisclosure(input.Member("disclosure"));
        if (ai && input.Member("disclosure").IsMissing)
            input.Member("disclosure").Fail("An AI feature needs a disclosure: {\"version\":1,\"text\":\"what the AI does\"}.");
        var releases = input.Member("releases").IsMissing && existing is not null
            ? KeptReleases(input.Member("releases"), existing, variants)
            : ReadReleases(input.Member("releases"), variants);
        var feature = new Feature
        {
            Key = key,
            Name = input.Member("name").OptionalString(200) ?? key,
            Owner = input.Member("owner").OptionalString(200) ?? "",
            Ai = ai,
            Variants = variants,
            Fallback = fallback,
            Disclosure = disclosure,
            Releases = releases,
            Objectives = ObjectiveJson.ReadAll(input.Member("objectives"), MostObjectives),
        };
        return input.Errors.Count == before ? feature : null;
    }

    public static string ReadKey(JsonInput input)
    {
        var key = input.RequiredString(200);
        if (key.Length > 0 && !Text.IsKey(key))
            input.Fail("Must match [a-z0-9][a-z0-9-]{0,62}: lower-case letters, digits and hyphens.");
        return key;
    }

    public static TrackKey? ReadTrack(JsonInput input)
    {
        var text = input.RequiredString(63);
        if (TrackKeys.TryParse(text, out var track))
            return track;
        if (text.Length > 0)
            input.Fail("Unknown track; the tracks are stable, innovative and ai.");
        return null;
    }

    public static ImmutableArray<Share> ReadAllocation(JsonInput input, ImmutableArray<Variant> variants)
    {
        var shares = ImmutableArray.CreateBuilder<Share>();
        foreach (var item in input.Items(MostVariants))
        {
            if (!item.RequireObject("variant", "weight"))
                continue;
            var name = item.Member("variant").RequiredString(63);
            if (name.Length > 0 && !variants.IsDefaultOrEmpty && variants.All(variant => variant.Name != name))
                item.Member("variant").Fail($"There is no such variant; choose one of {Names(variants)}.");
            if (shares.Any(share => share.Variant == name))
                item.Member("variant").Fail("Given twice: add the weights up.");
            var weight = item.Member("weight").Number();
            if (weight is null && item.Member("weight").IsMissing)
                item.Member("weight").Fail("Missing: give the share in percent.");
            else if (weight is < 0 or > 100)
                item.Member("weight").Fail("Must be from 0 to 100.");
            shares.Add(new(name, weight ?? 0));
        }

        var sum = shares.Sum(share => share.Weight);
        if (input.IsMissing || shares.Count == 0)
            input.Fail("Give at least one {\"variant\",\"weight\"}.");
        else if (Math.Abs(sum - 100) > WeightSlack)
            input.Fail(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The weights sum to {sum}; they must sum to 100."));
        return shares.ToImmutable();
    }

    private static string Names(ImmutableArray<Variant> variants) =>
        string.Join(", ", variants.Take(10).Select(variant => Text.Shown(variant.Name)));

    private static ImmutableArray<Variant> ReadVariants(JsonInput input)
    {
        if (!input.RequireObject())
            return [];
        var variants = ImmutableArray.CreateBuilder<Variant>();
        foreach (var (name, value) in input.Members())
        {
            if (name.Length is 0 or > 63 || name.Any(char.IsControl) || name.Contains('|', StringComparison.Ordinal))
                value.Fail("A variant's name has 1 to 63 characters, none of them a control character or '|'.");
            if (value.Element.ValueKind is JsonValueKind.Null)
                value.Fail("A variant's value must not be null.");
            else if (variants.Count > 0 && TypeOf(value.Element) != TypeOf(variants[0].Value))
                value.Fail($"Is a {TypeOf(value.Element)}, but the variant '{Text.Shown(variants[0].Name)}' is a {TypeOf(variants[0].Value)}; all variants must have one type.");
            if (JsonMarshal.GetRawUtf8Value(value.Element).Length > MostValueBytes)
                value.Fail($"Is too large; at most {MostValueBytes} bytes.");
            else
                CheckCanonical(value);
            variants.Add(new(name, Kept(value.Element)));
        }

        if (variants.Count is 0 or > MostVariants)
            input.Fail($"Give 1 to {MostVariants} variants.");
        variants.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return variants.ToImmutable();
    }

    /// <summary>Of its own, not of the text it was read from; the switches that most variants are share two.</summary>
    private static JsonElement Kept(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => On,
        JsonValueKind.False => Off,
        _ => value.Clone(),
    };

    /// <summary>A value that has no canonical bytes could be stored but never verified.</summary>
    public static void CheckCanonical(JsonInput value)
    {
        if (value.Element.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return;
        try
        {
            CanonicalJson.Write(new ArrayBufferWriter<byte>(), value.Element, depth: CanonicalJson.MaxDepth - MostValueDepth);
        }
        catch (CanonicalJsonException refused)
        {
            value.Fail($"Cannot be kept exactly: {refused.Problem} at {Text.Shown(refused.Path)}.");
        }
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => "number",
        JsonValueKind.String => "string",
        JsonValueKind.Array => "array",
        _ => "object",
    };

    private static ImmutableSortedDictionary<TrackKey, ImmutableArray<Share>> KeptReleases(
        JsonInput input, Feature existing, ImmutableArray<Variant> variants)
    {
        var orphan = existing.Releases.Values.SelectMany(shares => shares)
            .FirstOrDefault(share => variants.All(variant => variant.Name != share.Variant));
        if (orphan is not null)
            input.Fail($"The variant '{Text.Shown(orphan.Variant)}' is still released: keep it, or give the new releases.");
        return existing.Releases;
    }

    private static ImmutableSortedDictionary<TrackKey, ImmutableArray<Share>> ReadReleases(JsonInput input, ImmutableArray<Variant> variants)
    {
        var releases = ImmutableSortedDictionary.CreateBuilder<TrackKey, ImmutableArray<Share>>();
        if (!input.IsMissing && !input.IsObject)
            input.Fail("Must be an object of track → allocation.");
        foreach (var (name, value) in input.Members())
        {
            if (TrackKeys.TryParse(name, out var track))
                releases[track] = ReadAllocation(value, variants);
            else
                value.Fail("Unknown track; the tracks are stable, innovative and ai.");
        }

        return releases.ToImmutable();
    }

    public static void Write(Utf8JsonWriter json, Feature feature)
    {
        json.WriteStartObject();
        WriteMembers(json, feature);
        json.WriteEndObject();
    }

    /// <summary>The members alone, so that the API can add the live ones to the same object.</summary>
    public static void WriteMembers(Utf8JsonWriter json, Feature feature)
    {
        json.WriteString("key", feature.Key);
        json.WriteString("name", feature.Name);
        json.WriteString("owner", feature.Owner);
        json.WriteBoolean("ai", feature.Ai);
        json.WriteStartObject("variants");
        foreach (var variant in feature.Variants)
        {
            json.WritePropertyName(variant.Name);
            variant.Value.WriteTo(json);
        }

        json.WriteEndObject();
        json.WriteString("fallback", feature.Fallback);
        TrackJson.WriteDisclosure(json, feature.Disclosure);
        json.WriteStartObject("releases");
        foreach (var (track, allocation) in feature.Releases)
        {
            json.WritePropertyName(track.Wire());
            WriteAllocation(json, allocation);
        }

        json.WriteEndObject();
        ObjectiveJson.WriteAll(json, feature.Objectives);
    }

    public static void WriteAllocation(Utf8JsonWriter json, ImmutableArray<Share> allocation)
    {
        json.WriteStartArray();
        foreach (var share in allocation)
        {
            json.WriteStartObject();
            json.WriteString("variant", share.Variant);
            json.WriteNumber("weight", share.Weight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
