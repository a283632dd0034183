namespace WgDynamic.Server;

/// <summary>
/// The open sessions, and the limits on them. A peer with too many loses its own oldest one; when all peers together
/// have too many, the session that has been silent for longest goes. So whoever comes and asks is always let in.
/// </summary>
internal sealed class SessionTable(SessionLimits initialLimits, TimeProvider clock)
{
    private readonly LinkedList<Session> _bySilence = new();
    private readonly Dictionary<PublicKey, List<Session>> _byPeer = [];
    private readonly Lock _lock = new();
    private SessionLimits _limits = initialLimits;

    public int Count
    {
        get
        {
            lock (_lock)
                return _bySilence.Count;
        }
    }

    /// <summary>The limits in force. Lower ones end at once what they do not allow; times count from a session's next wait on.</summary>
    public SessionLimits Limits
    {
        get => Volatile.Read(ref _limits);
        set
        {
            List<Session> evicted = [];
            lock (_lock)
            {
                Volatile.Write(ref _limits, value);
                foreach (List<Session> sessions in _byPeer.Values)
                    evicted.AddRange(sessions.Take(sessions.Count - value.ConnectionsPerPeer));
                evicted.ForEach(Forget);
                while (_bySilence.Count > value.Connections)
                {
                    evicted.Add(_bySilence.First!.Value);
                    Forget(evicted[^1]);
                }
            }

            evicted.ForEach(static session => session.Close("too many connections"));
        }
    }

    public void Add(Session session)
    {
        Session? evicted = null;
        lock (_lock)
        {
            if (!_byPeer.TryGetValue(session.Peer, out List<Session>? sessions))
                _byPeer.Add(session.Peer, sessions = []);
            if (sessions.Count >= _limits.ConnectionsPerPeer)
                evicted = sessions[0];
            else if (_bySilence.Count >= _limits.Connections)
                evicted = _bySilence.First!.Value;
            if (evicted is not null)
                Forget(evicted);
            if (sessions.Count == 0)
                _byPeer[session.Peer] = sessions;
            sessions.Add(session);
            session.Node = _bySilence.AddLast(session);
        }

        evicted?.Close("too many connections");
    }

    /// <summary>The session has been heard of: it is the last to go now.</summary>
    public void Touch(Session session)
    {
        lock (_lock)
        {
            if (session.Node is not { } node)
                return;
            _bySilence.Remove(node);
            _bySilence.AddLast(node);
        }
    }

    public void Remove(Session session)
    {
        lock (_lock)
            Forget(session);
    }

    /// <summary>Ends the session that has been silent for longest, to free a descriptor.</summary>
    public void EvictOne()
    {
        Session? evicted;
        lock (_lock)
        {
            evicted = _bySilence.First?.Value;
            if (evicted is not null)
                Forget(evicted);
        }

        evicted?.Close("no descriptors left");
    }

    /// <summary>Ends the sessions whose deadline has passed; they are told so by their own receive ending.</summary>
    public void CloseOverdue()
    {
        long now = clock.GetTimestamp();
        List<Session>? overdue = null;
        lock (_lock)
        {
            foreach (Session session in _bySilence)
            {
                if (session.IsOverdue(now))
                    (overdue ??= []).Add(session);
            }
        }

        foreach (Session session in overdue ?? [])
            session.Close("took too long");
    }

    public void CloseAll()
    {
        List<Session> all;
        lock (_lock)
            all = [.. _bySilence];
        foreach (Session session in all)
            session.Close("the server ends");
    }

    private void Forget(Session session)
    {
        if (session.Node is not { } node)
            return;
        session.Node = null;
        _bySilence.Remove(node);
        List<Session> sessions = _byPeer[session.Peer];
        _ = sessions.Remove(session);
        if (sessions.Count == 0)
            _ = _byPeer.Remove(session.Peer);
    }
}
