using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Sessions;

/// <summary>
/// The keys that session cookies are sealed with, in the store, so that every server reads the cookies of every other.
/// They are not encrypted there: the key for that would lie on every server beside the password of the store, and who
/// has the one has the other. So whoever can read the store can pass for anybody who is signed in, and is told so.
/// </summary>
public sealed partial class SessionKeyStore(StoreConnection connection, ILogger<SessionKeyStore> logger) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        Array.ConvertAll(connection.Database.ListRange(StoreKeys.SessionKeys), value => XElement.Parse(value.ToString()));

    public void StoreElement(XElement element, string friendlyName)
    {
        connection.Database.ListRightPush(StoreKeys.SessionKeys, element.ToString(SaveOptions.DisableFormatting));
        if (!connection.IsEmbedded)
            Log.KeptInTheStore(logger);
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "A new key for session cookies is kept in Redis, not encrypted: whoever can read that Redis can pass for anybody who is signed in. Give it a password and TLS.")]
        public static partial void KeptInTheStore(ILogger logger);
    }
}
